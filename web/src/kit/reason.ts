/** What the other side did, without "Prospect since … by rule …:" before it. */
export function shortReason(reason: string): string {
  const deed = reason.slice(reason.indexOf(": ") + 1).trim();
  return deed.charAt(0).toUpperCase() + deed.slice(1);
}
