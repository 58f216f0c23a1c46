import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "./Import.module.css";
import { type Choices, type Step, steps } from "./steps";

interface StepBarProps {
  fileName: string;
  step: Step;
  furthest: Step;
  /** Null while nobody knows what there is to choose. */
  choices: Choices | null;
  onStep: (step: Step) => void;
}

/** The whole way from file to check: where one is, what is behind, and where there is nothing to choose. */
export function StepBar({ fileName, step, furthest, choices, onStep }: StepBarProps) {
  const { t } = useI18n();
  const at = steps.indexOf(step);
  const note = (each: Step): string | undefined => {
    if (choices === null || !(each in choices)) return undefined;
    const n = choices[each as keyof Choices];
    return n === 0 ? t("audience.step.nothing") : t("audience.step.choices", { n });
  };
  return (
    <nav aria-label={t("audience.steps")}>
      <p className={`num ${classes.place}`}>
        {t("kit.k_of_n", { k: at + 2, n: steps.length + 1 })} · {t(`audience.step.${step}`)}
      </p>
      <ol className={classes.bar}>
        <li className={classes.done}>
          <span className={classes.stop}>
            <span className={classes.mark} aria-hidden>
              <Icon name="check" size={14} />
            </span>
            <span className={classes.name}>{t("audience.step.file")}</span>
            <span className={classes.note} title={fileName}>
              {fileName}
            </span>
          </span>
        </li>
        {steps.map((each, index) => (
          <li key={each} className={index < at ? classes.done : index === at ? classes.now : undefined}>
            <button
              type="button"
              className={classes.stop}
              aria-current={index === at ? "step" : undefined}
              disabled={index > steps.indexOf(furthest)}
              onClick={() => onStep(each)}
            >
              <span className={`num ${classes.mark}`} aria-hidden>
                {index < at ? <Icon name="check" size={14} /> : index + 2}
              </span>
              <span className={classes.name}>{t(`audience.step.${each}`)}</span>
              {note(each) !== undefined && <span className={classes.note}>{note(each)}</span>}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
