import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, read } from "~/api/client";
import { ApiProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { holdsWrong } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { BuyersCard } from "./BuyersCard";
import {
  type Block,
  type Draft,
  type Offered,
  type Profile,
  draftOf,
  inputOf,
  offered,
  placed,
  withLikeness,
} from "./draft";
import { LiveCount, useLiveCount } from "./LiveCount";
import { Lookalike } from "./Lookalike";
import { refusalsOf, stillRefused } from "./refused";
import { Scoring } from "./Scoring";
import { Versions } from "./Versions";
import { WishCard } from "./WishCard";
import classes from "./Profile.module.css";

export const profileKey = keys.list("audience", "profile");

/** Who the ideal customer is, how many companies are like that, and what customers who were won have in common. */
export function ProfileEditor() {
  const profile = useQuery({ queryKey: profileKey, queryFn: () => read(api.GET("/api/v1/ideal-profile")) });
  if (profile.isPending) return <Skeleton shape="record" />;
  if (profile.error !== null) return <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />;
  return <Editor newest={profile.data} />;
}

interface Place {
  pathname: string;
  search: { view?: string };
}

/** Whether another page, or another view of this one, takes the place of the editor. */
function isAway(current: Place, next: Place) {
  return current.pathname !== next.pathname || current.search.view !== next.search.view;
}

/** A draft of the version that was in use when it was begun; a newer one never takes the place of what somebody typed. */
function Editor({ newest }: { newest: Profile }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [profile, setProfile] = useState(newest);
  const [draft, setDraft] = useState<Draft>(() => draftOf(profile));
  const mayChange = useMay("work_audience");
  const input = inputOf(draft);
  const count = useLiveCount(input);
  const isChanged = JSON.stringify(input) !== JSON.stringify(inputOf(draftOf(profile)));
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isChanged && isAway(current, next) && !window.confirm(t("audience.profile.leave")),
    enableBeforeUnload: () => isChanged,
  });
  const begin = (version: Profile) => {
    setProfile(version);
    setDraft(draftOf(version));
  };
  const isOvertaken = newest.version > profile.version;
  if (isOvertaken && !isChanged) begin(newest);
  const save = useMutation({
    mutationFn: (sent: Draft) =>
      read(api.PUT("/api/v1/ideal-profile", { params: { query: { seen: profile.version } }, body: inputOf(sent) })),
    onError: () => client.invalidateQueries({ queryKey: profileKey }),
    onSuccess: async (stored) => {
      client.setQueryData(profileKey, stored);
      begin(stored);
      notifyDone(t("audience.profile.saved"));
      await Promise.all(["audience", "lead", "company"].map((each) => client.invalidateQueries({ queryKey: [each] })));
    },
  });
  const sent = save.variables;
  const refusals = sent !== undefined && save.error instanceof ApiProblem ? refusalsOf(sent, save.error.errors) : [];
  const refused = sent === undefined ? [] : stillRefused(refusals, sent, draft);
  const wishes = placed(draft);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!holdsWrong(event.currentTarget)) save.mutate(draft);
  };
  const change = (criterion: Offered, block: Partial<Block>) =>
    setDraft((before) => ({
      ...before,
      blocks: { ...before.blocks, [criterion]: { ...before.blocks[criterion], ...block } },
    }));
  return (
    <div className={classes.editor}>
      <form className={classes.cards} onSubmit={submit} noValidate>
        <p className={classes.about}>{t("audience.profile.about")}</p>
        <Scoring />
        {offered.map((criterion) => (
          <WishCard
            key={criterion}
            criterion={criterion}
            block={draft.blocks[criterion]}
            wishes={wishes}
            count={count.data}
            refused={refused}
            disabled={!mayChange}
            onChange={(block) => change(criterion, block)}
          />
        ))}
        <BuyersCard
          draft={draft}
          disabled={!mayChange}
          onChange={(buyers) => setDraft((before) => ({ ...before, ...buyers }))}
        />
        {draft.others.length > 0 && (
          <p className={classes.small}>{t("audience.profile.others", { n: draft.others.length })}</p>
        )}
        {save.error !== null && refusals.length === 0 && <ErrorState error={save.error} />}
        {isOvertaken && (
          <div className={classes.small} role="status">
            {t("audience.profile.overtaken")}{" "}
            <Button variant="default" size="compact-sm" onClick={() => begin(newest)}>
              {t("audience.profile.overtaken.take")}
            </Button>
          </div>
        )}
        {mayChange && (
          <div className={classes.save} data-changed={isChanged || undefined}>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {t("audience.profile.save")}
            </Button>
            {isChanged && (
              <Button variant="default" onClick={() => setDraft(draftOf(profile))}>
                {t("audience.profile.discard")}
              </Button>
            )}
          </div>
        )}
      </form>
      <aside className={classes.side}>
        <LiveCount count={count} />
        <Lookalike onUse={mayChange ? (one) => setDraft((before) => withLikeness(before, one)) : undefined} />
        <Versions version={profile.version} mayChange={mayChange} />
      </aside>
    </div>
  );
}
