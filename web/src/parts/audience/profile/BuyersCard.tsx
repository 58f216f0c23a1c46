import { useI18n } from "~/i18n";
import { SelectField } from "~/kit/fields";
import { type Draft, seats } from "./draft";
import { Ticks } from "./Ticks";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

const departments = [
  "general",
  "sales",
  "marketing",
  "finance",
  "it",
  "operations",
  "hr",
  "procurement",
  "legal",
  "engineering",
  "product",
  "service",
  "healthcare",
  "education",
] as const;

interface BuyersCardProps {
  draft: Draft;
  disabled: boolean;
  onChange: (buyers: Partial<Pick<Draft, "department" | "seats">>) => void;
}

/** Who has to be known at a company before it can buy. It counts for nobody's fit: it says whom to look for. */
export function BuyersCard({ draft, disabled, onChange }: BuyersCardProps) {
  const { t } = useI18n();
  const words = useFitWords();
  return (
    <section className={classes.card} aria-label={t("audience.profile.buyers")}>
      <div className={classes.cardHead}>
        <h2>{t("audience.profile.buyers")}</h2>
      </div>
      <p className={classes.small}>{t("audience.profile.buyers.hint")}</p>
      <SelectField
        label={t("audience.profile.department")}
        value={draft.department}
        disabled={disabled}
        onChange={(department) => onChange({ department })}
        options={[
          { value: "", label: t("audience.profile.department.any") },
          ...departments.map((value) => ({ value: value as string, label: words.department(value) })),
        ]}
      />
      <Ticks
        label={t("audience.profile.seats")}
        options={seats.map((value) => ({ value, label: words.seat(value) }))}
        chosen={draft.seats}
        disabled={disabled}
        onChange={(chosen) => onChange({ seats: chosen })}
      />
    </section>
  );
}
