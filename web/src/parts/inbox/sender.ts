/** What the From line of a mail tells about a person that we do not know yet. */
export interface Sender {
  given: string;
  infix: string;
  family: string;
  email: string;
  company: string;
  website: string;
}

/** Words that stand between a given and a family name. */
const infixes = new Set(
  "van de der den het 't ten ter te in op aan bij uit voor von zu la le du des di da dos del el al".split(" "),
);

/** Houses where people live, not companies: such an address says nothing about the employer. */
const privateMail =
  /^(gmail|googlemail|hotmail|outlook|live|msn|icloud|me|mac|yahoo|ymail|aol|gmx|proton|protonmail|ziggo|kpnmail|kpnplanet|planet|hetnet|xs4all|upcmail|telfort|home|casema|telenet|skynet|web|t-online)\.[a-z.]+$/;

/** `Meer, Eva van der` and `"Eva van der Meer | Klant BV"` as they are meant. */
function nameParts(text: string): Pick<Sender, "given" | "infix" | "family"> {
  const bare = (text.split(/ [|–-] |\(/)[0] ?? "").replace(/["“”]/g, "").trim();
  if (bare.includes("@")) return { given: "", infix: "", family: "" };
  const [last, first] = bare.split(/,\s*/);
  const turned = first === undefined ? bare : `${first} ${last}`;
  const [given = "", ...rest] = turned.split(/\s+/);
  const end = rest.findIndex((word) => !infixes.has(word.toLowerCase()));
  const at = end === -1 ? Math.max(0, rest.length - 1) : end;
  return { given, infix: rest.slice(0, at).join(" "), family: rest.slice(at).join(" ") };
}

/** The domain of the company behind an address; undefined when it is a private one. */
export function companyDomain(address: string): string | undefined {
  const domain = address.split("@")[1]?.toLowerCase();
  return domain === undefined || domain === "" || privateMail.test(domain) ? undefined : domain;
}

/** The fields of a new lead. `colleague` is the company of somebody else at the same domain, when we know one. */
export function senderOf(name: string, address: string, colleague?: string): Sender {
  const domain = companyDomain(address);
  const labels = domain?.split(".") ?? [];
  const isTwofold = labels.length > 2 && /^(co|com|org|net|ac|gov)$/.test(labels.at(-2) ?? "");
  const label = labels.at(isTwofold ? -3 : -2) ?? "";
  const words = label.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { ...nameParts(name), email: address, company: colleague ?? words.join(" "), website: domain ?? "" };
}
