import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "./FirstSteps.module.css";
import { type StepId, stepsOf } from "./steps";

const places: Record<
  StepId,
  { part: "settings" | "audience" | "campaigns"; id?: string; search?: Record<string, string> }
> = {
  identity: { part: "settings", id: "workspace" },
  mailbox: { part: "settings", id: "mailboxes" },
  audience: { part: "audience" },
  campaign: { part: "campaigns" },
  approve: { part: "campaigns", search: { tab: "approve" } },
};

/** What a day without work shows: the way to the first mail while there was none, and else that nothing waits. */
export function FirstSteps() {
  return useMay("configure") ? <Steps /> : <NothingWaits />;
}

/** `isBegun`: mails are on their way, so more audience is not what comes next. */
function NothingWaits({ isBegun = false }: { isBegun?: boolean }) {
  const { t } = useI18n();
  const mayImport = useMay("work_audience");
  return (
    <EmptyState
      icon="today"
      title={t("today.empty.title")}
      sentence={t("today.about")}
      action={
        (isBegun || mayImport) && (
          <Button
            component={PartLink}
            part={isBegun ? "campaigns" : "audience"}
            variant={isBegun ? "default" : "filled"}
          >
            {t(isBegun ? "today.empty.campaigns" : "today.empty.next")}
          </Button>
        )
      }
    />
  );
}

async function fetchBegun() {
  const [settings, mailboxes, leads, campaigns] = await Promise.all([
    read(api.GET("/api/v1/workspace")),
    read(api.GET("/api/v1/mailboxes")),
    read(api.GET("/api/v1/leads", { params: { query: { limit: 1 } } })),
    read(api.GET("/api/v1/campaigns")),
  ]);
  return {
    senderCompany: settings.sender_company,
    postalAddress: settings.postal_address,
    mailboxes: mailboxes.items.length,
    leads: leads.items.length,
    campaigns: campaigns.items,
  };
}

function Steps() {
  const { t } = useI18n();
  // Looked at anew each time: every step is done on another page.
  const begun = useQuery({ queryKey: keys.list("work", "begun"), queryFn: fetchBegun, staleTime: 0 });
  if (begun.isPending) return <Skeleton shape="cards" rows={5} />;
  if (begun.isError) return <ErrorState error={begun.error} onRetry={() => void begun.refetch()} />;
  const steps = stepsOf(begun.data);
  const next = steps.find((step) => !step.isDone);
  if (next === undefined || steps.at(-1)?.isDone === true) return <NothingWaits isBegun />;
  return (
    <section className={classes.start} aria-labelledby="first-steps">
      <h2 id="first-steps">{t("today.start")}</h2>
      <p className={classes.about}>{t("today.start.about")}</p>
      <ol className={classes.steps}>
        {steps.map(({ id, isDone }, index) => (
          <li
            key={id}
            className={`${classes.step} ${isDone ? classes.done : ""}`}
            aria-current={id === next.id ? "step" : undefined}
          >
            <span className={classes.mark} aria-hidden>
              {isDone ? <Icon name="check" size={16} /> : index + 1}
            </span>
            <span className={classes.words}>
              <strong>
                {t(`today.start.${id}`)}
                {isDone && <span className="hidden-text">: {t("today.start.done")}</span>}
              </strong>
              <span className={classes.about}>{t(`today.start.${id}.about`)}</span>
            </span>
            <Button
              component={PartLink}
              {...places[id]}
              variant={id === next.id ? "filled" : "default"}
              size="xs"
              aria-label={`${t(isDone ? "today.start.look" : "today.start.go")}: ${t(`today.start.${id}`)}`}
            >
              {t(isDone ? "today.start.look" : "today.start.go")}
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}
