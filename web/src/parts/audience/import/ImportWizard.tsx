import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { ErrorState, Skeleton } from "~/kit/states";
import { Choosing } from "./Choosing";
import { Result } from "./Result";
import { Running } from "./Running";
import { Undone } from "./Undo";

export type ImportRun = components["schemas"]["ImportView"];

const pollMs = 800;

function isMoving(run: ImportRun | undefined): boolean {
  return run?.state === "running" || (run?.state === "undone" && run.undo?.is_done !== true);
}

/** One upload from its first look to its result: what is shown follows from how far the upload is. */
export function ImportWizard({ id }: { id: string }) {
  const run = useQuery({
    queryKey: keys.one("import", id),
    queryFn: () => read(api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (isMoving(query.state.data) ? pollMs : false),
  });
  if (run.isPending) return <Skeleton shape="record" />;
  if (run.error !== null) return <ErrorState error={run.error} onRetry={() => void run.refetch()} />;
  switch (run.data.state) {
    case "previewed":
      return <Choosing run={run.data} />;
    case "running":
    case "paused":
      return <Running run={run.data} />;
    case "undone":
      return <Undone run={run.data} />;
    default:
      return <Result run={run.data} />;
  }
}
