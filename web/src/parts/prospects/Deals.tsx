import { useNavigate } from "@tanstack/react-router";
import { useI18n } from "~/i18n";
import { Money } from "~/kit/figures";
import { OpportunityRow } from "./OpportunityRow";
import type { ProspectRecord } from "./api";
import classes from "./Record.module.css";

/** Opportunities and quotes of the pursuit, with what they are worth. */
export function Deals({ record }: { record: ProspectRecord }) {
  const { t, known } = useI18n();
  const navigate = useNavigate();
  const word = (kind: string, state: string) => {
    const key = known(`pipeline.${kind}.${state}`);
    return key === undefined ? state : t(key);
  };
  if (record.opportunities.length === 0 && record.quotes.length === 0) return null;
  return (
    <section className={classes.box}>
      <h2>{t("shell.nav.pipeline")}</h2>
      <ul className={classes.list}>
        {record.opportunities.map((one) => (
          <OpportunityRow key={one.id} opportunity={one} word={word("opportunity", one.state)} />
        ))}
        {record.quotes.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className={classes.link}
              onClick={() => void navigate({ to: "/pipeline/{-$id}", params: { id: one.id } })}
            >
              {one.number ?? one.title} · {word("quote", one.state)}
            </button>
            <Money cents={one.net_cents} currency={one.currency} />
          </li>
        ))}
      </ul>
    </section>
  );
}
