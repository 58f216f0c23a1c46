import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { ErrorState } from "~/kit/states";
import classes from "./Inbox.module.css";
import { type Mail, LookCard } from "./LookCard";

/** A mail that belongs to none of ours: whose is it? Then it counts like any other reply of that lead. */
export function MatchCard({ mail }: { mail: Mail }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text.trim(), 250);
  const [lead, setLead] = useState<{ id: string; name: string } | null>(null);
  const found = useQuery({
    queryKey: keys.list("lead", { match: query }),
    queryFn: () => read(api.GET("/api/v1/leads", { params: { query: { q: query, limit: 6 } } })),
    enabled: query.length >= 2,
  });
  if (lead !== null)
    return <LookCard mail={mail} leadId={lead.id} title={t("inbox.match.means", { name: lead.name })} />;
  const items = query.length >= 2 ? (found.data?.items ?? []) : [];
  return (
    <div className={classes.look}>
      <h2 className={classes.lookTitle}>{t("inbox.match")}</h2>
      <p className={classes.lookText}>{t("inbox.match.about", { address: mail.address })}</p>
      <TextField label={t("inbox.match.search")} type="search" value={text} onChange={setText} />
      {found.error !== null && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <div className={classes.answers} role="status">
        {items.map((item) => (
          <Button
            key={item.id}
            variant="default"
            size="sm"
            onClick={() => setLead({ id: item.id, name: item.name || item.email || item.company })}
          >
            {[item.name || item.email, item.company].filter(Boolean).join(", ")}
          </Button>
        ))}
        {query.length >= 2 && found.isSuccess && items.length === 0 && <span>{t("inbox.match.nobody")}</span>}
      </div>
    </div>
  );
}
