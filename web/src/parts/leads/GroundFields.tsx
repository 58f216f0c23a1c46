import type { ApiProblem } from "~/api/problem";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { SelectField, TextField } from "~/kit/fields";

export type Ground = Required<components["schemas"]["GroundInput"]>;
export type RecordedGround = components["schemas"]["GroundView"];

export const bases = ["existing_customer", "consent", "designated_address", "legitimate_interest"] as const;
type Basis = (typeof bases)[number];

/** Nothing is chosen: a ground that stood there already would be nobody's answer. */
export const noGround: Ground = { basis: "", source: "", source_detail: "", evidence_url: "", obtained_on: "" };

/** What is recorded, to be changed; nothing where nothing is. */
export function asTyped(recorded: RecordedGround | null | undefined): Ground {
  if (recorded == null) return noGround;
  const { basis, source, source_detail, evidence_url, obtained_on } = recorded;
  return { basis, source, source_detail, evidence_url: evidence_url ?? "", obtained_on };
}

interface GroundFieldsProps {
  /** Whether it is asked about one person. */
  of?: "person" | "people";
  value: Ground;
  onChange: (value: Ground) => void;
  problem: ApiProblem | null;
}

/** On what ground people may be approached: why, from where, since when. Asked of a person, never taken from a file. */
export function GroundFields({ of = "people", value, onChange, problem }: GroundFieldsProps) {
  const { t } = useI18n();
  const basis = bases.find((each) => each === value.basis) ?? "";
  const needsProof = basis === "consent" || basis === "designated_address";
  return (
    <>
      <SelectField<Basis | "">
        label={t(of === "person" ? "leads.ground.basis.person" : "leads.ground.basis")}
        hint={t(basis === "" ? "leads.basis.none.meaning" : `leads.basis.${basis}.meaning`)}
        name="ground.basis"
        problem={problem}
        required
        value={basis}
        onChange={(next) => onChange({ ...value, basis: next })}
        options={[
          { value: "", label: t("leads.basis.none") },
          ...bases.map((each) => ({ value: each, label: t(`leads.basis.${each}`) })),
        ]}
      />
      <TextField
        label={t("leads.ground.source")}
        hint={t("leads.ground.source.hint")}
        name="ground.source"
        problem={problem}
        required
        value={value.source}
        onChange={(source) => onChange({ ...value, source })}
        maxLength={300}
      />
      <TextField
        label={t("leads.ground.detail")}
        hint={t(needsProof ? "leads.ground.detail.needed" : "leads.ground.detail.hint")}
        name="ground.source_detail"
        problem={problem}
        required={needsProof}
        value={value.source_detail}
        onChange={(source_detail) => onChange({ ...value, source_detail })}
        maxLength={300}
      />
      <TextField
        label={t("leads.ground.page")}
        hint={t(basis === "designated_address" ? "leads.ground.page.needed" : "leads.ground.page.hint")}
        name="ground.evidence_url"
        problem={problem}
        value={value.evidence_url}
        onChange={(evidence_url) => onChange({ ...value, evidence_url })}
        maxLength={300}
      />
      <TextField
        label={t("leads.ground.obtained_on")}
        name="ground.obtained_on"
        problem={problem}
        type="date"
        required
        value={value.obtained_on}
        onChange={(obtained_on) => onChange({ ...value, obtained_on })}
      />
    </>
  );
}
