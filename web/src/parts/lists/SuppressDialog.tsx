import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";
import { AreaField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import { companiesMax } from "./calls";

type Run = components["schemas"]["SuppressionRunView"];

const pollMs = 1000;
/** What shows whom one may approach. */
const touched = ["audience", "company", "contact", "lead", "campaign", "funnel", "prospect", "work"] as const;

interface SuppressDialogProps {
  opened: boolean;
  companies: ReadonlySet<string>;
  onClose: () => void;
  /** It was done or goes on by itself: the selection has served. */
  onDone: () => void;
}

/** Says whom it touches before, asks why, puts the companies on the suppression list, and says how far it is. */
export function SuppressDialog({ opened, companies, onClose, onDone }: SuppressDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("lists.batch.suppress")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      {opened && <Inside companies={companies} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

type InsideProps = Omit<SuppressDialogProps, "opened">;

function Inside({ companies, onClose, onDone }: InsideProps) {
  const { t } = useI18n();
  // What was chosen when the dialog opened is what it is about.
  const [ids] = useState(() => [...companies]);
  const [reason, setReason] = useState("");
  const isTooMany = ids.length > companiesMax;
  const begin = useMutation({
    mutationFn: () => read(api.POST("/api/v1/suppression-runs", { body: { companies: ids, reason } })),
    onSuccess: onDone,
  });
  const estimate = useQuery({
    queryKey: keys.list("audience", { suppress: ids }),
    queryFn: () => read(api.POST("/api/v1/suppression-runs/estimate", { body: { companies: ids } })),
    enabled: !isTooMany && (begin.isIdle || begin.isError),
    staleTime: 0,
    gcTime: 0,
  });
  if (begin.data !== undefined) return <Progress begun={begin.data} onClose={onClose} />;
  if (isTooMany) return <p>{t("lists.batch.suppress.max", { n: companiesMax })}</p>;
  if (estimate.isPending) return <Skeleton shape="cards" rows={3} />;
  if (estimate.isError) return <ErrorState error={estimate.error} onRetry={() => void estimate.refetch()} />;
  const problem = begin.error instanceof ApiProblem ? begin.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Touches found={estimate.data} />
        <AreaField
          label={t("lists.batch.suppress.reason")}
          name="reason"
          problem={problem}
          value={reason}
          onChange={setReason}
          rows={2}
          required
        />
        {begin.error !== null && (problem === null || problem.errors.length === 0) && (
          <ErrorState error={begin.error} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" color="danger" loading={begin.isPending} disabled={reason.trim() === ""}>
            {t("lists.batch.suppress.verb", { n: estimate.data.companies_n })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Whom it touches: companies, people, and what stops. */
function Touches({ found }: { found: components["schemas"]["SuppressionEstimateView"] }) {
  const { t } = useI18n();
  const without = found.companies_n - found.with_domain_n;
  return (
    <div role="status">
      <p>
        <strong>{t("lists.batch.suppress.companies", { n: found.companies_n })}</strong>{" "}
        {t("lists.batch.suppress.people", { n: found.people_n })}
      </p>
      <p>
        {found.people_running_n === 0
          ? t("lists.batch.suppress.nothing_runs")
          : t("lists.batch.suppress.running", { n: found.people_running_n, companies: found.companies_running_n })}
      </p>
      <ul>
        {found.with_domain_n > 0 && <li>{t("lists.batch.suppress.domains", { n: found.with_domain_n })}</li>}
        {without > 0 && <li>{t("lists.batch.suppress.addresses", { n: without })}</li>}
        {found.without_address_n > 0 && (
          <li>{t("lists.batch.suppress.without_address", { n: found.without_address_n })}</li>
        )}
        {found.already_n > 0 && <li>{t("lists.batch.suppress.already", { n: found.already_n })}</li>}
        {found.pursued_n > 0 && <li>{t("lists.batch.suppress.pursued", { n: found.pursued_n })}</li>}
        {found.siblings_n > 0 && <li>{t("lists.batch.suppress.siblings", { n: found.siblings_n })}</li>}
      </ul>
    </div>
  );
}

/** How far it is, and how it ended; whoever leaves loses nothing. */
function Progress({ begun, onClose }: { begun: Run; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const run = useQuery({
    queryKey: keys.one("audience", begun.id, "suppression"),
    queryFn: () => read(api.GET("/api/v1/suppression-runs/{id}", { params: { path: { id: begun.id } } })),
    initialData: begun,
    staleTime: begun.finished_at == null ? 0 : Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data?.finished_at == null ? pollMs : false),
  });
  const now = run.data;
  const isOver = now.finished_at != null;
  useEffect(() => {
    for (const subject of touched) {
      void client.invalidateQueries({
        queryKey: keys.all(subject),
        predicate: (query) => !query.queryKey.includes("suppression"),
      });
    }
  }, [isOver, client]);
  return (
    <Stack gap="md">
      <div role="status">
        {isOver ? (
          <p>
            <strong>{t("lists.batch.suppress.done", { n: now.done_n })}</strong>{" "}
            {t("lists.batch.suppress.stopped", { n: now.stopped_n })}{" "}
            {t("lists.batch.suppress.work_there", { n: now.people_n })}
          </p>
        ) : (
          <p>
            {t("lists.batch.suppress.progress", { done: now.done_n, n: now.companies_n })}{" "}
            {t("lists.batch.suppress.leave")}
          </p>
        )}
      </div>
      {!isOver && (
        <progress
          max={Math.max(1, now.companies_n)}
          value={now.done_n}
          aria-label={t("lists.batch.suppress.how_far")}
          style={{ width: "100%" }}
        />
      )}
      {run.isError && <ErrorState error={run.error} onRetry={() => void run.refetch()} />}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t("kit.close")}
        </Button>
      </Group>
    </Stack>
  );
}
