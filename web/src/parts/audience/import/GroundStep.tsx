import { useI18n } from "~/i18n";
import { SelectField } from "~/kit/fields";
import { GroundFields } from "../../leads/GroundFields";
import page from "../Audience.module.css";
import type { StepProps } from "./Decide";
import { StepFrame } from "./StepFrame";
import { countryOptions } from "./meanings";

/** On what ground the people may be approached, and where they are when the file does not say. */
export function GroundStep({ mapping, draft, change, problem, onBack, onNext }: StepProps) {
  const { t, language } = useI18n();
  const hasCountry = Object.values(mapping).includes("country");
  return (
    <StepFrame
      title={t("audience.import.ground")}
      about={t("audience.import.ground.about")}
      onBack={onBack}
      onNext={onNext}
    >
      <div className={page.form}>
        <GroundFields
          value={draft.ground}
          onChange={(ground) => change((before) => ({ ...before, ground }))}
          problem={problem}
        />
        <SelectField
          label={t(hasCountry ? "audience.import.country" : "audience.import.country.all")}
          hint={t("audience.import.country.hint")}
          name="default_country"
          problem={problem}
          value={draft.country}
          onChange={(country) => change((before) => ({ ...before, country }))}
          options={[{ value: "", label: t("audience.import.country.unknown") }, ...countryOptions(language)]}
        />
      </div>
    </StepFrame>
  );
}
