import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { useFitWords } from "~/parts/audience/profile/words";
import { PartLink } from "~/shell/PartLink";
import type { CompanyDetail } from "./calls";
import classes from "./Companies.module.css";

/** Who decides together at this company: every seat with those who fill it, and whom to look for. */
export function Committee({ detail }: { detail: CompanyDetail }) {
  const { t, format } = useI18n();
  const words = useFitWords();
  const { committee, company } = detail;
  const missing = committee.seats.filter((seat) => seat.contact_ids.length === 0);
  const about = () => {
    if (!committee.by_size) return t("companies.committee.by_profile");
    return company.employees_n == null
      ? t("companies.committee.size_unknown")
      : t("companies.committee.by_size", { n: format.number(company.employees_n) });
  };
  return (
    <>
      <p className={classes.hint}>{about()}</p>
      <ul className={classes.seats}>
        {committee.seats.map(({ seat, contact_ids }) => (
          <li key={seat} data-missing={contact_ids.length === 0 || undefined}>
            <Icon name={contact_ids.length === 0 ? "search" : "check"} size={16} />
            <span>
              {words.seat(seat)}:{" "}
              {contact_ids.length === 0 ? (
                <span className={classes.muted}>{t("companies.committee.missing")}</span>
              ) : (
                contact_ids.map((id, at) => (
                  <span key={id}>
                    {at > 0 && ", "}
                    <Person id={id} detail={detail} />
                  </span>
                ))
              )}
            </span>
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <p className={classes.hint}>
          {t("companies.committee.look_for", {
            seats: missing.map(({ seat }) => words.seat(seat).toLowerCase()).join(", "),
          })}
        </p>
      )}
    </>
  );
}

function Person({ id, detail }: { id: string; detail: CompanyDetail }) {
  const { t } = useI18n();
  const words = useFitWords();
  const contact = detail.contacts.find((each) => each.id === id);
  const lead = detail.leads.find((each) => each.contact_id === id);
  const role = detail.committee.roles.find((each) => each.contact_id === id)?.buying_role;
  const name = contact?.name || contact?.email || t("kit.unknown");
  return (
    <>
      {lead === undefined ? (
        name
      ) : (
        <PartLink part="leads" id={lead.id}>
          {name}
        </PartLink>
      )}
      {role !== undefined && (
        <span className={classes.muted}> ({words.word(`audience.role.${role}`, role).toLowerCase()})</span>
      )}
    </>
  );
}
