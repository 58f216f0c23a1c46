/** A draft in two parts: what a person writes, and what the law wants below it. */
export interface Parts {
  text: string;
  /** Who writes, where the data came from, how to make it stop; empty when the mail has no such closing. */
  footer: string;
}

/** The server puts it before what the law wants (`engine/outreach/draft.rs`), as mail programs do before a signature. */
const separator = "\n-- \n";

export function partsOf(body: string): Parts {
  const at = body.lastIndexOf(separator);
  return at === -1
    ? { text: body, footer: "" }
    : { text: body.slice(0, at).trimEnd(), footer: body.slice(at + separator.length) };
}

/** The whole mail again: the footer as it was, whatever was written above it. */
export function joined({ text, footer }: Parts): string {
  return footer === "" ? text : `${text.trimEnd()}\n${separator}${footer}`;
}
