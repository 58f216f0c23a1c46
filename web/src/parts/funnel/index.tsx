import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { api, read } from "~/api/client";
import { type ApiProblem, isProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { SelectField, SwitchField, TextField } from "~/kit/fields";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { FunnelPicture } from "~/pictures/FunnelPicture";
import { LeadProspectPicture } from "~/pictures/LeadProspectPicture";
import { ProspectOpportunityPicture } from "~/pictures/ProspectOpportunityPicture";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import { type Days, type FunnelView, daysOf, funnelData, isEmpty, isTurned, periods, prospectBehind } from "./funnel";
import classes from "./Funnel.module.css";
import { GateList, gateOf } from "./GateList";

/** The whole picture, or everybody who went through one gate of it. */
export default function FunnelPage() {
  const gate = gateOf(useAddress().id);
  if (gate === undefined) return <Overview />;
  return <GateList key={gate.id} gate={gate} filters={(days) => <Filters days={days} isList />} />;
}

/** Lead against prospect, prospect against opportunity, and the whole way: live, by period and campaign. */
function Overview() {
  const { t } = useI18n();
  const address = useAddress();
  const choice = periods.find((each) => each === address.search.period) ?? "90";
  const today = new Date().toLocaleDateString("en-CA");
  const days = daysOf(choice, today, address.search);
  const campaign = address.search.campaign;
  const filters = { ...days, campaign };
  const funnel = useQuery({
    queryKey: keys.list("funnel", filters),
    queryFn: () => read(api.GET("/api/v1/funnel", { params: { query: filters } })),
    // The pictures of the period before stay until the new ones are there: nothing jumps.
    placeholderData: keepPreviousData,
    enabled: !isTurned(days),
  });
  return (
    <Page title={t("shell.nav.funnel")} about={t("funnel.short")}>
      <Filters days={days} problem={isProblem(funnel.error) ? funnel.error : null} />
      {funnel.isPending && !isTurned(days) && <Skeleton shape="picture" />}
      {funnel.isError && <ErrorState error={funnel.error} onRetry={() => void funnel.refetch()} />}
      {funnel.data !== undefined &&
        (isEmpty(funnel.data) && campaign === undefined ? (
          <EmptyState
            icon="funnel"
            picture={<LeadProspect view={funnel.data} />}
            title={t("shell.nav.funnel")}
            sentence={t("funnel.about")}
            action={
              <Button component={PartLink} part="audience">
                {t("funnel.empty.next")}
              </Button>
            }
          />
        ) : (
          <div className={funnel.isPlaceholderData ? classes.old : undefined}>
            <Pictures view={funnel.data} isCompared={address.search.compare !== "no"} />
          </div>
        ))}
    </Page>
  );
}

interface FiltersProps {
  days: Days;
  problem?: ApiProblem | null;
  isList?: boolean;
}

function Filters({ days, problem, isList = false }: FiltersProps) {
  const { t } = useI18n();
  const address = useAddress();
  const campaigns = useQuery({
    queryKey: keys.list("campaign"),
    queryFn: () => read(api.GET("/api/v1/campaigns")),
  });
  const choice = periods.find((each) => each === address.search.period) ?? "90";
  const set = (change: Record<string, string | undefined>) => address.set(change, { replace: true });
  return (
    <div className={classes.bar} role="search">
      <SelectField
        label={t("funnel.period")}
        value={choice}
        onChange={(next) =>
          set(
            next === "own"
              ? { period: next, ...days }
              : { period: next === "90" ? undefined : next, from: undefined, to: undefined },
          )
        }
        options={periods.map((value) => ({ value, label: t(`funnel.period.${value}`) }))}
      />
      {choice === "own" && (
        <>
          <TextField
            type="date"
            label={t("funnel.from")}
            name="from"
            problem={problem}
            value={days.from}
            onChange={(from) => set({ from: from || undefined })}
          />
          <TextField
            type="date"
            label={t("funnel.to")}
            name="to"
            problem={problem}
            error={isTurned(days) ? t("funnel.turned") : undefined}
            value={days.to}
            onChange={(to) => set({ to: to || undefined })}
          />
        </>
      )}
      <SelectField
        label={t("funnel.campaign")}
        value={address.search.campaign ?? ""}
        onChange={(next) => set({ campaign: next || undefined })}
        options={[
          { value: "", label: t("funnel.campaign.all") },
          ...(campaigns.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {!isList && (
        <SwitchField
          label={t("funnel.compare")}
          checked={address.search.compare !== "no"}
          onChange={(isOn) => set({ compare: isOn ? undefined : "no" })}
        />
      )}
    </div>
  );
}

interface LeadProspectProps {
  view: FunnelView;
  onOpen?: (id: string) => void;
  onAll?: (gate: string) => void;
}

function LeadProspect({ view, onOpen, onAll }: LeadProspectProps) {
  const { lead_prospect: data } = view;
  return (
    <LeadProspectPicture
      data={{ ...data, median_days_to_first_act: data.median_days_to_first_act ?? null }}
      onOpen={onOpen}
      onAll={onAll}
    />
  );
}

function Pictures({ view, isCompared }: { view: FunnelView; isCompared: boolean }) {
  const { t, known } = useI18n();
  const navigate = useNavigate();
  const address = useAddress();
  const behind = useMemo(() => prospectBehind(view), [view]);
  const open = (id: string) =>
    void navigate({ to: "/prospects/{-$id}", params: { id: behind.get(id) ?? id } } as never);
  const word = (reason: string) => {
    const key = known(`funnel.reason.${reason}`);
    return key === undefined ? reason : t(key as "funnel.reason.unknown");
  };
  const { lead_prospect: first, prospect_opportunity: second } = view;
  const deal = (one: (typeof second.prospects)[number]) => ({
    ...one,
    value_cents: one.value_cents ?? null,
    chance: one.chance ?? null,
  });
  return (
    <div className={classes.pictures}>
      <LeadProspect view={view} onOpen={open} onAll={address.open} />
      {first.inbound.count > 0 && <p>{t("funnel.inbound", { n: first.inbound.count })}</p>}
      <ProspectOpportunityPicture
        data={{ ...second, prospects: second.prospects.map(deal), opportunities: second.opportunities.map(deal) }}
        onOpen={open}
        onAll={address.open}
      />
      <FunnelPicture data={funnelData(view.funnel, word, isCompared)} />
    </div>
  );
}
