import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import { type Permission, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { Chosen } from "~/parts/leads/Chosen";
import { type Asked, companiesMax, companiesThatMatch } from "./calls";
import { ExportMenu } from "./ExportMenu";
import classes from "./Lists.module.css";
import { RegisterDialog } from "./RegisterDialog";
import { SideBySide } from "./SideBySide";
import { SuppressDialog } from "./SuppressDialog";

/** Websites of one round. */
const checkedMax = 500;

const kinds = ["websites", "register", "suppress"] as const;
type Kind = (typeof kinds)[number];
const needs: Record<Kind, Permission> = {
  websites: "work_audience",
  register: "work_audience",
  suppress: "suppress",
};

/** What this person may do with companies that they chose. */
export function useCompanyKinds(): readonly Kind[] {
  const { workspace } = useWorkspace();
  return kinds.filter((kind) => workspace.permissions.includes(needs[kind]));
}

interface CompaniesBarProps {
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  asked: Asked;
  /** The columns that are shown: those of the file. */
  columns: readonly string[];
  /** How many match the filters. */
  total: number;
  isCapped: boolean;
}

/** What can be done with the selected companies. Stands above the list as soon as one is selected. */
export function CompaniesBar({ selected, onSelect, asked, columns, total, isCapped }: CompaniesBarProps) {
  const words = useI18n();
  const { t } = words;
  const mine = useCompanyKinds();
  const [opened, setOpened] = useState<Kind | null>(null);
  const websites = useReadWebsites(() => onSelect(new Set()));
  const all = useMutation({
    mutationFn: () => companiesThatMatch(asked),
    onSuccess: (ids) => onSelect(new Set(ids)),
    onError: (error) => notifyProblem(error, words),
  });
  const hasSome = selected.size > 0;
  const isBusy = all.isPending;
  const isTooMany = selected.size > checkedMax;
  const begin = (kind: Kind) => (kind === "websites" ? websites.mutate([...selected]) : setOpened(kind));
  useActions([
    ...(total > 0 && mine.length > 0
      ? [
          {
            id: "companies.select_all",
            label: "leads.batch.select_matching" as const,
            section: "do" as const,
            perform: () => all.mutate(),
          },
        ]
      : []),
    ...(hasSome
      ? mine.map((kind) => ({
          id: `companies.batch.${kind}`,
          label: `lists.batch.${kind}` as const,
          section: "do" as const,
          // What is done is done with the new choice, never with the one before.
          when: () => !isBusy && (kind !== "websites" || !isTooMany),
          perform: () => begin(kind),
        }))
      : []),
  ]);
  return (
    <div>
      {(hasSome || isBusy) && (
        <div className={classes.batch} role="group" aria-label={t("lists.batch")} aria-busy={isBusy}>
          <Chosen
            said={t("lists.batch.count", { n: selected.size })}
            n={selected.size}
            most={companiesMax}
            total={total}
            isCapped={isCapped}
            isBusy={isBusy}
            onAll={() => all.mutate()}
          />
          <span className={classes.space} />
          <fieldset className={classes.deeds} disabled={isBusy}>
            <ExportMenu list="companies" asked={asked} columns={columns} chosen={selected} />
            <SideBySide list="companies" chosen={[...selected]} />
            {mine.map((kind) => (
              <Button
                key={kind}
                variant={kind === "suppress" ? "subtle" : "default"}
                color={kind === "suppress" ? "danger" : undefined}
                size="xs"
                loading={kind === "websites" && websites.isPending}
                disabled={kind === "websites" && isTooMany}
                onClick={() => begin(kind)}
              >
                {kind === "websites" && isTooMany
                  ? t("lists.batch.websites.max", { n: checkedMax })
                  : t(`lists.batch.${kind}`)}
              </Button>
            ))}
            <Button variant="subtle" color="gray" size="xs" onClick={() => onSelect(new Set())}>
              {t("leads.batch.clear")}
            </Button>
          </fieldset>
        </div>
      )}
      <RegisterDialog
        opened={opened === "register"}
        companies={selected}
        onClose={() => setOpened(null)}
        onDone={() => onSelect(new Set())}
      />
      <SuppressDialog
        opened={opened === "suppress"}
        companies={selected}
        onClose={() => setOpened(null)}
        onDone={() => onSelect(new Set())}
      />
    </div>
  );
}

/** Reads the websites of companies again. */
function useReadWebsites(onDone: () => void) {
  const words = useI18n();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (companies: string[]) => api.POST("/api/v1/website-runs", { body: { companies } }),
    onSuccess: async () => {
      notifyDone(words.t("lists.batch.websites.begun"));
      onDone();
      await client.invalidateQueries({ queryKey: keys.all("audience") });
    },
    onError: (error) => notifyProblem(error, words),
  });
}
