import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import { ErrorState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "./Inbox.module.css";

type Suggestion = components["schemas"]["SuggestionView"];
/** What somebody decided about the suggestion; it is then no longer in the thread. */
type Decided = { lead: string; name: string } | "declined";

const touched = ["thread", "lead", "company", "work", "task", "funnel"] as const;

/** Whom a mail names instead of its writer: a lead, once somebody has read over what Kiem read. */
export function SuggestionCard({ suggestion }: { suggestion: Suggestion | undefined }) {
  const { t } = useI18n();
  const [decided, setDecided] = useState<Decided>();
  if (decided === "declined") return null;
  if (decided !== undefined)
    return (
      <div className={classes.suggestion} role="status">
        <p className={classes.suggestionDone}>
          <Icon name="check" size={16} /> {t("inbox.suggestion.done", { name: decided.name })}
        </p>
        <p className={classes.lookText}>{t("inbox.suggestion.done.next")}</p>
        <Button component={PartLink} part="leads" id={decided.lead} variant="default" size="sm">
          {t("inbox.to_lead")}
        </Button>
      </div>
    );
  if (suggestion === undefined) return null;
  return <SuggestionForm suggestion={suggestion} onDecided={setDecided} />;
}

interface SuggestionFormProps {
  suggestion: Suggestion;
  onDecided: (decided: Decided) => void;
}

function SuggestionForm({ suggestion, onDecided }: SuggestionFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [name, setName] = useState(suggestion.name ?? "");
  const [email, setEmail] = useState(suggestion.email ?? "");
  const [phone, setPhone] = useState(suggestion.phone ?? "");
  const refresh = () => {
    for (const subject of touched) void client.invalidateQueries({ queryKey: keys.all(subject) });
  };
  const accept = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/inbox/{id}/suggested-lead", {
          params: { path: { id: suggestion.inbound_id } },
          body: { name, email, phone },
        }),
      ),
    onSuccess: ({ id: lead }) => {
      onDecided({ lead, name: name.trim() || email.trim() });
      refresh();
    },
  });
  const decline = useMutation({
    mutationFn: () => api.PUT("/api/v1/tasks/{id}/skip", { params: { path: { id: suggestion.task_id } } }),
    onSuccess: () => {
      onDecided("declined");
      refresh();
    },
  });
  const error = accept.error ?? decline.error;
  const problem = error instanceof ApiProblem ? error : null;
  const mayDecide = useMay("judge_engagement");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <form className={classes.suggestion} aria-label={t("inbox.suggestion")} onSubmit={submit} noValidate>
      <h2 className={classes.lookTitle}>
        {t("inbox.suggestion.read", {
          who: [suggestion.name, suggestion.email, suggestion.phone].filter(Boolean).join(", "),
        })}
      </h2>
      <p className={classes.lookText}>{t("inbox.suggestion.about")}</p>
      {mayDecide && (
        <>
          <div className={classes.suggestionFields}>
            <TextField
              label={t("inbox.suggestion.name")}
              name="name"
              value={name}
              onChange={setName}
              problem={problem}
              maxLength={200}
            />
            <TextField
              label={t("inbox.fact.address")}
              name="email"
              type="email"
              value={email}
              onChange={setEmail}
              problem={problem}
            />
            <TextField
              label={t("inbox.fact.phone")}
              name="phone"
              type="tel"
              value={phone}
              onChange={setPhone}
              problem={problem}
            />
          </div>
          {error !== null && (problem === null || problem.errors.length === 0) && <ErrorState error={error} />}
          <div className={classes.suggestionButtons}>
            <Button
              type="submit"
              size="sm"
              loading={accept.isPending}
              disabled={name.trim() === "" && email.trim() === ""}
            >
              {t("inbox.suggestion.make")}
            </Button>
            <Button variant="subtle" size="sm" loading={decline.isPending} onClick={() => decline.mutate()}>
              {t("inbox.suggestion.decline")}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
