import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { Icon } from "~/kit/icons";
import { ErrorState } from "~/kit/states";
import { AddLead } from "~/parts/leads/AddLead";
import classes from "./Inbox.module.css";
import type { Mail } from "./LookCard";
import { companyDomain, senderOf } from "./sender";

/** A mail that belongs to none of ours: whose is it? From there on it is read and decided about like any other reply. */
export function MatchCard({ mail }: { mail: Mail }) {
  const words = useI18n();
  const { t } = words;
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text.trim(), 250);
  const found = useQuery({
    queryKey: keys.list("lead", { match: query }),
    queryFn: () => read(api.GET("/api/v1/leads", { params: { query: { search: query, limit: 6 } } })),
    enabled: query.length >= 2,
  });
  const file = useMutation({
    mutationFn: (lead: { id: string; name: string }) =>
      api.PUT("/api/v1/inbox/{id}/lead", { params: { path: { id: mail.id } }, body: { lead_id: lead.id } }),
    onSuccess: (_, lead) => {
      notifyDone(t("inbox.match.done", { name: lead.name }));
      for (const subject of ["thread", "lead", "company", "prospect", "work", "funnel"] as const)
        void client.invalidateQueries({ queryKey: keys.all(subject) });
    },
    onError: (error) => notifyProblem(error, words),
  });
  const [adding, setAdding] = useState(false);
  const mayAdd = useMay("work_audience");
  const domain = companyDomain(mail.address);
  // Somebody else at the same company tells its name better than the domain does.
  const colleagues = useQuery({
    queryKey: keys.list("lead", { colleagues: domain }),
    queryFn: () => read(api.GET("/api/v1/leads", { params: { query: { search: domain, limit: 6 } } })),
    enabled: adding && domain !== undefined,
  });
  const colleague = colleagues.data?.items.find((item) => item.email?.toLowerCase().endsWith(`@${domain}`));
  const isReady = adding && (domain === undefined || !colleagues.isPending);
  const start = senderOf(mail.from_name, mail.address, colleague?.company);
  const items = query.length >= 2 ? (found.data?.items ?? []) : [];
  return (
    <div className={classes.look}>
      <h2 className={classes.lookTitle}>{t("inbox.match")}</h2>
      <p className={classes.lookText}>{t("inbox.match.about", { address: mail.address })}</p>
      <TextField label={t("inbox.match.search")} type="search" value={text} onChange={setText} />
      {found.error !== null && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <div className={classes.answers} role="status">
        {items.map((item) => {
          const name = item.name || item.email || item.company;
          return (
            <Button
              key={item.id}
              variant="default"
              size="sm"
              loading={file.isPending && file.variables.id === item.id}
              onClick={() => file.mutate({ id: item.id, name })}
            >
              {[name, item.company].filter(Boolean).join(", ")}
            </Button>
          );
        })}
        {query.length >= 2 && found.isSuccess && items.length === 0 && <span>{t("inbox.match.nobody")}</span>}
      </div>
      {mayAdd && (
        <div className={classes.newLead}>
          <Button
            variant="default"
            size="sm"
            leftSection={<Icon name="plus" size={16} />}
            loading={adding && !isReady}
            onClick={() => setAdding(true)}
          >
            {t("inbox.match.new")}
          </Button>
          <span>{t("inbox.match.new.about")}</span>
        </div>
      )}
      {isReady && (
        <AddLead
          opened
          start={start}
          onClose={() => setAdding(false)}
          onAdded={(id) =>
            file.mutate({
              id,
              name: [start.given, start.infix, start.family].filter(Boolean).join(" ") || mail.address,
            })
          }
        />
      )}
    </div>
  );
}
