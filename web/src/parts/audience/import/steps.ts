import { ApiProblem } from "~/api/problem";
import { type Draft, type Mapping, type Preview, type Trial, daysToOrder, hasCompany, isGrounded } from "./draft";

export const steps = ["columns", "ground", "values", "matching", "differences", "check"] as const;
export type Step = (typeof steps)[number];

/** What there is to choose in the steps that need no choice from most files. */
export interface Choices {
  values: number;
  matching: number;
  differences: number;
}

export function choicesOf(draft: Draft, preview: Preview, mapping: Mapping, trial: Trial | null): Choices {
  const isMarked =
    draft.policy !== "fill" || Object.values(draft.rows).some((row) => row.action in { overwrite: 1, keep: 1 });
  const differing = trial === null ? 0 : trial.written_n + trial.kept_n;
  return {
    values: draft.askedWords.length + (daysToOrder(preview, mapping).length > 0 ? 1 : 0),
    matching: draft.askedRows.length,
    // What was chosen can be chosen otherwise again, also when no difference is left.
    differences: differing === 0 && isMarked ? 1 : differing,
  };
}

const isNeeded = (step: Step, choices: Choices): boolean => !(step in choices) || choices[step as keyof Choices] > 0;

/** The next step in which there is something to choose. */
export function nextStep(from: Step, choices: Choices): Step {
  return steps.slice(steps.indexOf(from) + 1).find((step) => isNeeded(step, choices)) ?? "check";
}

/** The step before in which there is something to choose. */
export function stepBefore(from: Step, choices: Choices): Step {
  return steps.slice(0, steps.indexOf(from)).findLast((step) => isNeeded(step, choices)) ?? "columns";
}

/** The furthest step that can be opened: nothing is tried before columns and ground are known. */
export function furthest(draft: Draft, mapping: Mapping): Step {
  if (!hasCompany(mapping)) return "columns";
  return isGrounded(draft.ground) ? "check" : "ground";
}

/** The step of an address, as far as it can be opened. */
export function openStep(wanted: string | undefined, last: Step): Step {
  const step = steps.find((each) => each === wanted) ?? "columns";
  return steps.indexOf(step) > steps.indexOf(last) ? last : step;
}

/** Where what was refused can be mended. */
export function stepOfProblem(error: unknown): Step | null {
  const field = error instanceof ApiProblem ? error.errors[0]?.field : undefined;
  if (field === undefined) return null;
  if (field.startsWith("mapping") || field === "encoding") return "columns";
  return field.startsWith("ground") || field === "default_country" ? "ground" : null;
}
