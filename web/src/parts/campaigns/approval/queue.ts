import type { Message, SeenText } from "../calls";

/** The draft to look at: the wanted one, or the one that took its place when it is settled. */
export function indexOf(queue: readonly Message[], wanted: string | null, before: number): number {
  const found = queue.findIndex((message) => message.id === wanted);
  return found >= 0 ? found : Math.max(0, Math.min(before, queue.length - 1));
}

export function textOf({ id, subject, body }: Message): SeenText {
  return { id, subject, body };
}

/** Those that were shown as they read now, and that may go out. Only these does "approve all seen" take. */
export function seenAndReady(queue: readonly Message[], seen: ReadonlyMap<string, SeenText>): SeenText[] {
  return queue.flatMap((message) => {
    const shown = seen.get(message.id);
    const isSame = shown !== undefined && shown.subject === message.subject && shown.body === message.body;
    return isSame && isReady(message) ? [shown] : [];
  });
}

export function isReady(message: Message): boolean {
  return message.problem === null || message.problem === undefined;
}
