import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { ErrorState } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { CheckStep } from "./CheckStep";
import { ColumnsStep } from "./ColumnsStep";
import { DifferencesStep } from "./DifferencesStep";
import { DropFile } from "./DropFile";
import { GroundStep } from "./GroundStep";
import { Looking } from "./Looking";
import { MatchingStep } from "./MatchingStep";
import { StepBar } from "./StepBar";
import { ValuesStep } from "./ValuesStep";
import { type Draft, type Mapping, type Preview, type Trial, mappingOf, orderOf, remember } from "./draft";
import { type Step, choicesOf, furthest, nextStep, openStep, stepBefore, stepOfProblem } from "./steps";
import { useTrial } from "./useTrial";

/** What every step gets. */
export interface StepProps {
  preview: Preview;
  mapping: Mapping;
  draft: Draft;
  change: (how: (before: Draft) => Draft) => void;
  /** The newest trial; null while none is done. */
  trial: Trial | null;
  /** Whether it is about what is chosen now. */
  isFresh: boolean;
  problem: ApiProblem | null;
  onBack: () => void;
  onNext: () => void;
}

interface DecideProps {
  preview: Preview;
  draft: Draft;
  change: StepProps["change"];
}

/** The way from columns to check. Steps in which there is nothing to choose are passed, and can be opened all the same. */
export function Decide({ preview, draft: stored, change }: DecideProps) {
  const client = useQueryClient();
  const { id } = preview.import;
  const mayWork = useMay("work_audience");
  const address = useAddress();
  const mapping = mappingOf(stored, preview);
  const last = mayWork ? furthest(stored, mapping) : "columns";
  const step = openStep(address.search.step, last);
  // From which step the way on waits for the trial.
  const [waiting, setWaiting] = useState<Step | null>(null);
  const isTrying = waiting !== null || (step !== "columns" && step !== "ground");
  const tried = useTrial(id, isTrying && preview.import.rows_n > 0 ? orderOf(stored, mapping) : null);
  const { trial, isFresh, error } = tried;
  // What the newest trial asks counts at once, or the way on would pass it.
  const draft = trial === null ? stored : remember(stored, trial, mapping);
  const choices = choicesOf(draft, preview, mapping, trial);
  const { set } = address;
  const go = (to: Step) => {
    setWaiting(null);
    set({ step: to });
  };
  useEffect(() => {
    if (trial !== null) change((before) => remember(before, trial, mapping));
    // Only a new trial asks anew.
  }, [trial]);
  useEffect(() => {
    if (waiting === null) return;
    const mend = stepOfProblem(error);
    if (mend === null && !isFresh) return;
    setWaiting(null);
    set({ step: mend ?? nextStep(waiting, choices) });
  }, [waiting, isFresh, error, choices, set]);
  const start = useMutation({
    mutationFn: () =>
      read(api.POST("/api/v1/imports/{id}/start", { params: { path: { id } }, body: orderOf(stored, mapping) })),
    onSuccess: (run) => client.setQueryData(keys.one("import", id), run),
  });
  const refused = start.error ?? error ?? tried.refusal;
  const props: StepProps = {
    ...{ preview, mapping, draft, change, trial, isFresh },
    problem: refused instanceof ApiProblem ? refused : null,
    onBack: () => go(stepBefore(step, choices)),
    onNext: () => (step === "columns" ? go("ground") : isFresh ? go(nextStep(step, choices)) : setWaiting(step)),
  };
  const isWaiting = waiting !== null || (isTrying && trial === null && step !== "columns" && step !== "ground");
  return (
    <>
      <StepBar
        fileName={preview.import.file_name}
        step={step}
        furthest={last}
        choices={trial === null ? null : choices}
        onStep={go}
      />
      {isWaiting && stepOfProblem(error) === null ? (
        <Looking
          tried={tried}
          total={preview.import.rows_n}
          onBack={() => (waiting === null ? go("ground") : setWaiting(null))}
        />
      ) : step === "columns" ? (
        <ColumnsStep {...props} mayWork={mayWork} />
      ) : (
        <>
          {error !== null && stepOfProblem(error) === null && <ErrorState error={error} onRetry={tried.retry} />}
          {step === "ground" && <GroundStep {...props} />}
          {step === "values" && <ValuesStep {...props} />}
          {step === "matching" && <MatchingStep {...props} />}
          {step === "differences" && <DifferencesStep {...props} />}
          {step === "check" && <CheckStep {...props} start={start} onStep={go} />}
        </>
      )}
      {mayWork && <DropFile id={id} />}
    </>
  );
}
