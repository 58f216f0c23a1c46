import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { ErrorState, Skeleton } from "~/kit/states";
import { Decide } from "./Decide";
import type { ImportRun } from "./ImportWizard";
import { useDraft } from "./useDraft";

/** A file that waits for its answers. */
export function Choosing({ run }: { run: ImportRun }) {
  const [draft, change] = useDraft(run.id);
  const { encoding } = draft;
  const preview = useQuery({
    queryKey: keys.one("import", run.id, `preview-${encoding}`),
    queryFn: () =>
      read(
        api.GET("/api/v1/imports/{id}/preview", {
          params: { path: { id: run.id }, query: { encoding: encoding === "" ? undefined : encoding } },
        }),
      ),
    // In another encoding the page keeps its place.
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  if (preview.isPending) return <Skeleton shape="record" />;
  if (preview.error !== null) return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  return <Decide preview={preview.data} draft={draft} change={change} />;
}
