import type en from "./en";
import type enFirst from "./en.first";
import first from "./nl.first";
import rest from "./nl.rest";

/** All Dutch messages. */
const messages = { ...first, ...rest };

// Equal keys, both ways: a missing Dutch message fails here, and so does one that English does not have.
const complete: Record<keyof typeof en, string> = messages;
type Superfluous = Exclude<keyof typeof messages, keyof typeof en>;
const nothingSuperfluous: [Superfluous] extends [never] ? true : Superfluous = true;
void nothingSuperfluous;
const firstIsComplete: Record<keyof typeof enFirst, string> = first;
void firstIsComplete;

export default complete;
