import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { type Permission, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import { selectedMax } from "./batch";
import { BatchDialog, type BatchKind } from "./BatchDialog";
import { Chosen } from "./Chosen";
import classes from "./Leads.module.css";

/** What each needs. */
const kinds: readonly { kind: BatchKind; permission: Permission }[] = [
  { kind: "campaign", permission: "work_campaigns" },
  { kind: "ground", permission: "work_audience" },
  { kind: "keep", permission: "judge_engagement" },
  { kind: "suppress", permission: "suppress" },
];

/** What this person may do with a selection. */
export function useBatchKinds(): readonly BatchKind[] {
  const { workspace } = useWorkspace();
  return kinds.filter((each) => workspace.permissions.includes(each.permission)).map(({ kind }) => kind);
}

interface BatchBarProps {
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  /** The ids of all that match. */
  allIds: () => Promise<string[]>;
  /** How many match the filters. */
  total: number;
  isCapped: boolean;
  /** What else can be done with them, from where the list stands. */
  more?: ReactNode;
}

/** What can be done with the selected leads. Stands above the list as soon as one is selected. */
export function BatchBar({ selected, onSelect, allIds, total, isCapped, more }: BatchBarProps) {
  const words = useI18n();
  const { t } = words;
  const mine = useBatchKinds();
  const [asked, setAsked] = useState<BatchKind | null>(null);
  const all = useMutation({
    mutationFn: allIds,
    onSuccess: (ids) => onSelect(new Set(ids)),
    onError: (error) => notifyProblem(error, words),
  });
  const hasSome = selected.size > 0;
  const isBusy = all.isPending;
  useActions([
    ...(total > 0 && mine.length > 0
      ? [
          {
            id: "leads.select_all",
            label: "leads.batch.select_matching" as const,
            section: "do" as const,
            perform: () => all.mutate(),
          },
        ]
      : []),
    ...(hasSome
      ? mine.map((kind) => ({
          id: `leads.batch.${kind}`,
          label: `leads.batch.${kind}` as const,
          section: "do" as const,
          // What is done is done with the new choice, never with the one before.
          when: () => !isBusy,
          perform: () => setAsked(kind),
        }))
      : []),
  ]);
  return (
    <div>
      {(hasSome || isBusy) && (
        <div className={classes.batch} role="group" aria-label={t("leads.batch")} aria-busy={isBusy}>
          <Chosen
            said={t("leads.batch.count", { n: selected.size })}
            n={selected.size}
            most={selectedMax}
            total={total}
            isCapped={isCapped}
            isBusy={isBusy}
            onAll={() => all.mutate()}
          />
          <span className={classes.space} />
          <fieldset className={classes.deeds} disabled={isBusy}>
            {more}
            {mine.map((kind) => (
              <Button
                key={kind}
                variant={kind === "suppress" ? "subtle" : "default"}
                color={kind === "suppress" ? "danger" : undefined}
                size="xs"
                onClick={() => setAsked(kind)}
              >
                {t(`leads.batch.${kind}`)}
              </Button>
            ))}
            <Button variant="subtle" color="gray" size="xs" onClick={() => onSelect(new Set())}>
              {t("leads.batch.clear")}
            </Button>
          </fieldset>
        </div>
      )}
      <BatchDialog kind={asked} leads={selected} onClose={() => setAsked(null)} onDone={() => onSelect(new Set())} />
    </div>
  );
}
