import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { SelectField, TextField } from "~/kit/fields";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import classes from "../Audience.module.css";
import { RequestCase } from "./RequestCase";

type Request = components["schemas"]["PrivacyRequestView"];

const requestsKey = keys.list("audience", "privacy-requests");
const kinds = ["access", "correction", "erasure", "objection"] as const;
type Kind = (typeof kinds)[number];

/** What people ask about their data: typed in, found, and done in one action, with the day by which it must be. */
export function Requests() {
  const { t } = useI18n();
  const mayWork = useMay("work_audience");
  const [open, setOpen] = useState<string | null>(null);
  const requests = useQuery({
    queryKey: requestsKey,
    queryFn: () => read(api.GET("/api/v1/privacy-requests")),
    enabled: mayWork,
  });
  if (!mayWork)
    return <EmptyState compact icon="workspace" title={t("settings.refused")} sentence={t("problem.forbidden")} />;
  if (requests.isPending) return <Skeleton shape="cards" rows={3} />;
  if (requests.error !== null) return <ErrorState error={requests.error} onRetry={() => void requests.refetch()} />;
  return (
    <section className={classes.stack}>
      <p className={classes.muted}>{t("audience.requests.about")}</p>
      <Add onAdded={setOpen} />
      {requests.data.items.length === 0 ? (
        <p className={classes.muted}>{t("audience.requests.none")}</p>
      ) : (
        <ul className={classes.rows}>
          {requests.data.items.map((request) => (
            <Row
              key={request.id}
              request={request}
              isOpen={open === request.id}
              onToggle={() => setOpen(open === request.id ? null : request.id)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Today as the browser's calendar has it. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function Add({ onAdded }: { onAdded: (id: string) => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [address, setAddress] = useState("");
  const [kind, setKind] = useState<Kind>("access");
  const [received, setReceived] = useState(today);
  const add = useMutation({
    mutationFn: () =>
      read(api.POST("/api/v1/privacy-requests", { body: { kind, address, received_on: received, note: "" } })),
    onSuccess: async ({ id }) => {
      setAddress("");
      await client.invalidateQueries({ queryKey: requestsKey });
      onAdded(id);
    },
  });
  const problem = add.error instanceof ApiProblem ? add.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <div className={classes.pair}>
        <TextField
          label={t("audience.requests.address")}
          name="address"
          type="email"
          problem={problem}
          value={address}
          onChange={setAddress}
          required
        />
        <SelectField
          label={t("audience.requests.kind")}
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: t(`audience.requests.kind.${value}`) }))}
        />
        <TextField
          label={t("audience.requests.received")}
          name="received_on"
          type="date"
          problem={problem}
          value={received}
          onChange={setReceived}
          required
        />
      </div>
      {add.error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={add.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={add.isPending}>
          {t("audience.requests.add")}
        </Button>
      </div>
    </form>
  );
}

interface RowProps {
  request: Request;
  isOpen: boolean;
  onToggle: () => void;
}

function Row({ request, isOpen, onToggle }: RowProps) {
  const { t, known } = useI18n();
  const kind = known(`audience.requests.kind.${request.kind}`);
  const outcome = known(`audience.requests.outcome.${request.outcome ?? ""}`);
  // All of the last day still counts.
  const dueAt = `${request.due_on}T23:59:59`;
  return (
    <li>
      <div className={classes.row}>
        <span className={classes.grow}>
          <strong>{request.address || t("audience.requests.forgotten")}</strong>
          <br />
          <span className={classes.muted}>{kind === undefined ? request.kind : t(kind)}</span>
        </span>
        {request.handled_at == null ? (
          <>
            <span>
              {t("audience.requests.due")} <When at={dueAt} as="date" /> (<When at={dueAt} as="due" />)
            </span>
            <Button size="xs" variant="default" aria-expanded={isOpen} onClick={onToggle}>
              {t(isOpen ? "audience.requests.hide" : "audience.requests.open")}
            </Button>
          </>
        ) : (
          <span className={classes.muted}>
            {outcome === undefined ? request.outcome : t(outcome)} · <When at={request.handled_at} as="date" />
          </span>
        )}
      </div>
      {isOpen && request.handled_at == null && <RequestCase id={request.id} kind={request.kind} />}
    </li>
  );
}
