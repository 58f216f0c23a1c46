import { type Language, locale } from "~/i18n/translate";

/** What a lead may want to say; the name is also the end of its message key. */
export const wishes = [
  "price",
  "meeting",
  "next_year",
  "not_now",
  "no",
  "stop",
  "away",
  "colleague",
  "left",
  "other",
] as const;
export type Wish = (typeof wishes)[number];

interface Scene {
  /** The lead's own address. */
  address: string;
  now: Date;
}

/** Sentences that real people write, in the language of the mail and not of the page: hence here and no messages. */
const texts: Record<Wish, Record<Language, string>> = {
  price: {
    nl: "Dank voor je mail. Wat kost dit ongeveer voor 25 gebruikers?",
    en: "Thanks for your mail. What would this cost for about 25 users?",
  },
  meeting: {
    nl: "Klinkt interessant. Kunnen we volgende week dinsdag even bellen? Dan laat ik zien waar wij nu tegenaan lopen.",
    en: "Sounds interesting. Could we have a call next Tuesday? Then I can show you what we run into.",
  },
  next_year: {
    nl: "Interessant, maar pas volgend jaar. Kom er in maart op terug.",
    en: "Interesting, but only next year. Please come back to it in March.",
  },
  not_now: {
    nl: "Op dit moment heeft dit bij ons geen prioriteit. Misschien over een half jaar.",
    en: "This is no priority for us right now. Maybe in six months.",
  },
  no: {
    nl: "Bedankt, maar wij hebben hier geen interesse in.",
    en: "Thank you, but we are not interested in this.",
  },
  stop: {
    nl: "STOP. Ik wil geen mails meer ontvangen.",
    en: "STOP. Please remove me from your list.",
  },
  away: {
    nl: "Ik ben afwezig tot en met {date} en lees mijn mail niet. Bij spoed kunt u bellen met de receptie.",
    en: "I am out of the office until {date} and do not read my mail. For urgent matters please call the front desk.",
  },
  colleague: {
    nl: "Hier ga ik niet over. Neem contact op met mijn collega Kim de Wit, kim.dewit@{domain}.",
    en: "I am not the right person for this. Please talk to my colleague Kim White, kim.white@{domain}.",
  },
  left: {
    nl: "Let op: ik werk niet meer bij dit bedrijf. Dit adres wordt niet meer gelezen.",
    en: "Please note that I no longer work for this company. This address is not read any more.",
  },
  other: {
    nl: "Ik heb je bericht doorgestuurd en we kijken er intern even naar.",
    en: "I have passed your message on and we will have a look at it.",
  },
};

const day = 24 * 3600 * 1000;

/** What the lead writes, ready to be changed. */
export function phrase(wish: Wish, language: Language, { address, now }: Scene): string {
  const date = new Intl.DateTimeFormat(locale(language), { day: "numeric", month: "long", year: "numeric" });
  return texts[wish][language]
    .replace("{domain}", address.split("@")[1] ?? "")
    .replace("{date}", date.format(new Date(now.getTime() + 9 * day)));
}

/** Absence notices and "no longer here" are written by machines. */
export function isAutomatic(wish: Wish): boolean {
  return wish === "away" || wish === "left";
}
