import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import classes from "../Section.module.css";
import { inWords } from "./detail";

type Line = components["schemas"]["AuditLine"];

/** Who did what to settings, people and secrets. */
export default function Audit() {
  const { t } = useI18n();
  const trail = useInfiniteQuery({
    queryKey: keys.list("member", "audit"),
    queryFn: ({ pageParam }) =>
      read(api.GET("/api/v1/audit", { params: { query: pageParam === null ? {} : { cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const members = useQuery({ queryKey: keys.list("member"), queryFn: () => read(api.GET("/api/v1/members")) });
  if (trail.isError) return <ErrorState error={trail.error} onRetry={() => void trail.refetch()} />;
  if (trail.isPending) return <Skeleton shape="cards" rows={6} />;
  const names = new Map(members.data?.items.map((member) => [member.id, member.name]));
  return (
    <div className={classes.stack}>
      <p className={classes.muted}>{t("settings.audit.about")}</p>
      <ul className={classes.rows}>
        {trail.data.pages
          .flatMap((page) => page.items)
          .map((line) => (
            <AuditRow key={line.seq} line={line} names={names} />
          ))}
      </ul>
      {trail.hasNextPage && (
        <div className={classes.buttons}>
          <Button variant="default" loading={trail.isFetchingNextPage} onClick={() => void trail.fetchNextPage()}>
            {t("settings.audit.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function AuditRow({ line, names }: { line: Line; names: ReadonlyMap<string, string> }) {
  const words = useI18n();
  const { t, known } = words;
  const noted = inWords(line.detail, words);
  const key = known(`settings.audit.${line.action}`);
  const who =
    line.actor_kind === "user"
      ? (names.get(line.actor_id ?? "") ?? t("settings.audit.former"))
      : t(line.actor_kind === "token" ? "settings.audit.token" : "settings.audit.kiem");
  const whom = line.subject_kind === "user" ? names.get(line.subject_id ?? "") : line.subject_name;
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <span>
          <strong>{who}</strong>: {key === undefined ? line.action : t(key)}
          {whom !== undefined && whom !== null && ` (${whom})`}
        </span>
        {noted.length > 0 && <span className={classes.muted}>{noted.join("; ")}</span>}
      </span>
      <When at={line.at} as="dateTime" />
    </li>
  );
}
