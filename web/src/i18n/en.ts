import first from "./en.first";
import rest from "./en.rest";

/** All English messages. English is the reference: its keys are the keys that the program knows. */
const messages = { ...first, ...rest };

export default messages;
