/** Hands a file to the browser. */
export function save(content: unknown, name: string) {
  if (!(content instanceof Blob)) throw new TypeError("the answer is not a file");
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
