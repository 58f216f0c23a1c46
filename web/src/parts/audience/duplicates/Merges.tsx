import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { CompanyLink } from "~/parts/companies/CompanyLink";
import { undoMerge, useMakeOld, useMerges } from "./calls";
import classes from "./Duplicates.module.css";
import type { Merge } from "./kinds";

/** What was made one, newest first, each with the way back. */
export function Merges() {
  const { t } = useI18n();
  const merges = useMerges();
  if (merges.isPending) return <Skeleton shape="list" rows={5} />;
  if (merges.isError) return <ErrorState error={merges.error} onRetry={() => void merges.refetch()} />;
  const all = merges.data.pages.flatMap((page) => page.items);
  if (all.length === 0)
    return (
      <EmptyState
        icon="audience"
        title={t("audience.duplicates.merges.empty.title")}
        sentence={t("audience.duplicates.merges.empty")}
      />
    );
  return (
    <>
      <ul className={classes.merges}>
        {all.map((merge) => (
          <MergeRow key={merge.id} merge={merge} />
        ))}
      </ul>
      {merges.hasNextPage && (
        <div>
          <Button variant="subtle" loading={merges.isFetchingNextPage} onClick={() => void merges.fetchNextPage()}>
            {t("audience.duplicates.older")}
          </Button>
        </div>
      )}
    </>
  );
}

function MergeRow({ merge }: { merge: Merge }) {
  const { t } = useI18n();
  const mayUndo = useMay("work_audience");
  const makeOld = useMakeOld();
  const [asking, setAsking] = useState(false);
  const undo = useMutation({ mutationFn: () => undoMerge(merge.id), onSuccess: () => makeOld() });
  const of = merge.is_of_people ? "people" : "companies";
  const called = merge.is_of_people
    ? (merge.person_name ?? t("audience.duplicates.people.nameless"))
    : merge.lost_name || t("kit.unknown");
  const by = merge.cause === "evidence" ? t("audience.duplicates.by_kiem") : (merge.by ?? t("kit.unknown"));
  const company =
    merge.company_name == null ? null : <CompanyLink id={merge.company_id}>{merge.company_name}</CompanyLink>;
  return (
    <li className={classes.merge}>
      <span className={classes.grow}>
        {t.rich(`audience.duplicates.${of}.merged`, {
          name: <strong key="name">{called}</strong>,
          company: <Fragment key="company">{company ?? t("kit.unknown")}</Fragment>,
        })}
        <span className={classes.under}>
          {merge.is_of_people && company !== null && <>{company} · </>}
          {by}, <When at={merge.merged_at} />
          {merge.people_joined_n > 0 && ` · ${t("audience.duplicates.joined", { n: merge.people_joined_n })}`}
          {merge.people_apart_n > 0 && ` · ${t("audience.duplicates.apart", { n: merge.people_apart_n })}`}
        </span>
        {merge.undo != null && <UndoReport undo={merge.undo} />}
      </span>
      {merge.undone_at != null ? (
        <span className={classes.muted}>{t("audience.duplicates.undone")}</span>
      ) : (
        mayUndo && (
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            {t("audience.duplicates.undo")}
          </Button>
        )
      )}
      <ConfirmDialog
        opened={asking}
        title={t(`audience.duplicates.${of}.undo.title`, { name: called })}
        verb={t("audience.duplicates.undo")}
        onConfirm={() => undo.mutateAsync()}
        onClose={() => setAsking(false)}
      >
        <p>{t(`audience.duplicates.${of}.undo.means`)}</p>
      </ConfirmDialog>
    </li>
  );
}

/** What stayed because it changed since: said, not hidden. */
function UndoReport({ undo }: { undo: NonNullable<Merge["undo"]> }) {
  const { t } = useI18n();
  const said = [
    undo.facts_kept_n > 0 ? t("audience.duplicates.undo.kept", { n: undo.facts_kept_n }) : null,
    undo.gone_n > 0 ? t("audience.duplicates.undo.gone", { n: undo.gone_n }) : null,
  ].filter((each) => each !== null);
  if (said.length === 0) return null;
  return <span className={classes.under}>{said.join(" ")}</span>;
}
