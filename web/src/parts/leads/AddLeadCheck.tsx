import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { type LeadCheck, type Meant, type PossibleCompany, recognised } from "./add-lead";
import classes from "./Leads.module.css";

interface CompanyMeantProps {
  check: LeadCheck | undefined;
  /** The name that was typed. */
  typed: string;
  meant: Meant;
  onMeant: (meant: Meant) => void;
}

/** To which company a lead comes that is being typed in, and the way to say otherwise. */
export function CompanyMeant({ check, typed, meant, onMeant }: CompanyMeantProps) {
  const { t } = useI18n();
  if (check === undefined) return null;
  const { company, companies } = check;
  if (meant.company_is_new === true)
    return (
      <Said icon="plus" text={t("leads.check.new", { name: typed.trim() })}>
        <Other label={t("leads.check.choose_again")} onClick={() => onMeant(recognised)} />
      </Said>
    );
  if (company != null)
    return (
      <Said
        icon="company"
        text={
          <>
            {t("leads.check.comes_to")} <CompanyLink id={company.id}>{company.name}</CompanyLink>
            {company.city != null && `, ${company.city}`}
          </>
        }
      >
        {meant.company_id == null ? (
          <Other label={t("leads.check.another")} onClick={() => onMeant({ company_is_new: true })} />
        ) : (
          <Other label={t("leads.check.choose_again")} onClick={() => onMeant(recognised)} />
        )}
      </Said>
    );
  if (companies.length === 0) return null;
  return (
    <div className={classes.check} role="group" aria-label={t("leads.check.which")}>
      <p>{t(check.is_ambiguous ? "leads.check.several" : "leads.check.perhaps")}</p>
      <div className={classes.choices}>
        {companies.map((one) => (
          <Choice key={one.id} company={one} onChoose={() => onMeant({ company_id: one.id })} />
        ))}
        {check.is_ambiguous && (
          <Button
            variant="subtle"
            size="xs"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => onMeant({ company_is_new: true })}
          >
            {t("leads.check.as_new")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Choice({ company, onChoose }: { company: PossibleCompany; onChoose: () => void }) {
  const { t } = useI18n();
  const words = [company.name, company.city].filter((each) => each != null && each !== "").join(", ");
  return (
    <Button variant="default" size="xs" onClick={onChoose}>
      {company.verdict === "sibling" ? t("leads.check.of_group", { company: words }) : words}
    </Button>
  );
}

function Other({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="subtle" size="compact-xs" onClick={onClick}>
      {label}
    </Button>
  );
}

function Said({ icon, text, children }: { icon: "plus" | "company"; text: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.check} role="status">
      <p>
        <Icon name={icon} size={14} /> {text}
      </p>
      {children}
    </div>
  );
}

/** People of the company who may be the one that is being typed in. */
export function PeopleThere({ check }: { check: LeadCheck | undefined }) {
  const { t } = useI18n();
  if (check === undefined || check.people.length === 0) return null;
  const isThere = check.people.some((one) => one.is_same);
  return (
    <div className={classes.check} role="status">
      <p>{t(isThere ? "leads.check.is_there" : "leads.check.looks_like")}</p>
      <ul className={classes.people}>
        {check.people.map((one) => {
          const name = one.name || one.email || t("kit.unknown");
          const more = [one.title, one.name === "" ? null : one.email].filter((each) => each != null && each !== "");
          return (
            <li key={one.contact_id}>
              {one.lead_id == null ? (
                name
              ) : (
                <Link to="/leads/{-$id}" params={{ id: one.lead_id }} search={{}}>
                  {name}
                </Link>
              )}
              {more.length > 0 && `, ${more.join(", ")}`}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
