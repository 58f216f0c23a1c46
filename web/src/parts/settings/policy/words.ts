import { useI18n } from "~/i18n";
import { type Case, countryName } from "./policy";

/** What the server names by codes, in the reader's language; a code that this page does not know stays as it is. */
export function usePolicyWords() {
  const { t, known, language } = useI18n();
  const word = (key: string, otherwise: string) => {
    const found = known(key);
    return found === undefined ? otherwise : t(found);
  };
  const channel = (code: string) => word(`policy.channel.${code}`, code);
  const address = (code: string) => word(`leads.address_class.${code}`, code);
  const person = (code: string) => word(`leads.person_kind.${code}`, code);
  return {
    channel,
    address,
    person,
    basis: (code: string) => word(`leads.basis.${code}`, code),
    country: (code: string) => countryName(code, language, t("policy.elsewhere")),
    /** "Mail · Role address · Legal person". */
    case: (one: Case) =>
      [channel(one.channel), ...(one.address == null ? [] : [address(one.address)]), person(one.person)].join(" · "),
  };
}
