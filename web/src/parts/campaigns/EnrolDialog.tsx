import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useI18n } from "~/i18n";
import { CheckField, NumberField, SelectField, TextField } from "~/kit/fields";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { leadStates } from "~/parts/leads/LeadBits";
import {
  type Campaign,
  type LeadFilter,
  type LeadRow,
  allLeadIds,
  enrol,
  reachOf,
  useFacets,
  useLeads,
  useMakeOld,
} from "./calls";
import classes from "./Campaigns.module.css";
import type { Enrolled } from "./reach";
import { ReachNotes } from "./ReachNotes";
import { channelOf } from "./sequence/steps";

interface EnrolDialogProps {
  opened: boolean;
  campaign: Campaign;
  onClose: () => void;
}

/** Chooses who is approached: everybody who matches, or those that are ticked. */
export function EnrolDialog({ opened, campaign, onClose }: EnrolDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("campaigns.enrol.title", { name: campaign.name })}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="xl"
    >
      <Form campaign={campaign} onClose={onClose} />
    </Modal>
  );
}

const everybody: LeadFilter = {
  search: "",
  state: "new",
  country: "",
  industry: "",
  fitMin: null,
  neverApproached: true,
};

/** Leads that were looked at before they are added, and what would become of them. */
interface Plan {
  ids: readonly string[];
  reach: Enrolled;
}

function useEnrolment(campaign: Campaign) {
  const makeOld = useMakeOld();
  const [progress, setProgress] = useState<{ found: number; done: number } | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [result, setResult] = useState<Enrolled | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // A task that reaches somebody may not reach everybody: that is said before they are in.
  const looksFirst = campaign.steps.some((step) => channelOf(step) !== undefined);
  const work = async (n: number, job: () => Promise<void>) => {
    setFailure(null);
    setProgress({ found: n, done: 0 });
    try {
      await job();
    } catch (problem) {
      setFailure(problem);
    } finally {
      setProgress(null);
    }
  };
  const add = async (ids: readonly string[]) => {
    try {
      setResult(await enrol(campaign.id, ids, (done) => setProgress({ found: ids.length, done })));
    } finally {
      await makeOld();
    }
  };
  const start = (chosen: ReadonlySet<string>, filter: LeadFilter) =>
    work(chosen.size, async () => {
      const ids = chosen.size > 0 ? [...chosen] : await allLeadIds(filter, (found) => setProgress({ found, done: 0 }));
      if (!looksFirst) return add(ids);
      const reach = await reachOf(campaign.id, ids, (done) => setProgress({ found: ids.length, done }));
      setPlan({ ids, reach });
    });
  const goOn = () => (plan === null ? Promise.resolve() : work(plan.ids.length, () => add(plan.ids)));
  const back = () => {
    setFailure(null);
    setPlan(null);
  };
  return { progress, plan, result, failure, start, goOn, back };
}

type Enrolment = ReturnType<typeof useEnrolment>;

/** Whom the campaign reaches and whom it does not, before anybody is put in. */
function Planned({ plan, progress, failure, goOn, back }: Omit<Enrolment, "plan"> & { plan: Plan }) {
  const { t } = useI18n();
  const { reach } = plan;
  return (
    <Stack gap="md">
      <Counts first={t("campaigns.reach.comes_in", { n: reach.added })} result={reach} />
      <p className={classes.hint}>{t("campaigns.reach.now")}</p>
      {failure !== null && <ErrorState error={failure} meaning={t("campaigns.enrol.again")} />}
      <Group justify="flex-end" gap="xs">
        <Progress progress={progress} />
        <Button variant="default" onClick={back}>
          {t("campaigns.reach.back")}
        </Button>
        <Button loading={progress !== null} disabled={reach.added === 0} onClick={() => void goOn()} data-autofocus>
          {t("campaigns.reach.add", { n: reach.added })}
        </Button>
      </Group>
    </Stack>
  );
}

/** What became of leads, or would, with the reasons. */
function Counts({ first, result }: { first: string; result: Enrolled }) {
  const { t } = useI18n();
  return (
    <div role="status" className={classes.counts}>
      <ul className={classes.outcome}>
        <li>
          <strong>{first}</strong>
        </li>
        {result.already > 0 && <li>{t("campaigns.enrol.already", { n: result.already })}</li>}
        {result.blocked > 0 && <li>{t("campaigns.enrol.blocked", { n: result.blocked })}</li>}
      </ul>
      <ReachNotes channels={result.channels} />
    </div>
  );
}

function Progress({ progress }: Pick<Enrolment, "progress">) {
  const { t } = useI18n();
  if (progress === null) return null;
  return (
    <span role="status" className="num">
      {t("campaigns.enrol.progress", { done: progress.done, found: progress.found })}
    </span>
  );
}

function Form({ campaign, onClose }: Omit<EnrolDialogProps, "opened">) {
  const { t } = useI18n();
  const [filter, setFilter] = useState(everybody);
  const [asked] = useDebouncedValue(filter, 250);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const leads = useLeads(asked);
  const enrolment = useEnrolment(campaign);
  const { progress, plan, result, failure, start } = enrolment;
  const total = leads.data?.total ?? 0;
  const isCapped = leads.data?.total_is_capped === true;
  const n = chosen.size > 0 ? chosen.size : total;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void start(chosen, asked);
  };
  if (result !== null) return <Outcome result={result} isRunning={campaign.state === "running"} onClose={onClose} />;
  if (plan !== null) return <Planned {...enrolment} plan={plan} />;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <FilterFields value={filter} onChange={(change) => setFilter({ ...filter, ...change })} />
        {leads.error !== null && <ErrorState error={leads.error} onRetry={() => void leads.refetch()} />}
        {leads.isPending && <Skeleton shape="cards" rows={4} />}
        {leads.data !== undefined && leads.data.items.length === 0 && (
          <EmptyState
            compact
            icon="lead"
            title={t("campaigns.enrol.none.title")}
            sentence={t("campaigns.enrol.none")}
          />
        )}
        {leads.data !== undefined && leads.data.items.length > 0 && (
          <LeadTicks leads={leads.data.items} total={total} isCapped={isCapped} chosen={chosen} onChosen={setChosen} />
        )}
        <p className={classes.hint}>{t("campaigns.enrol.means")}</p>
        {failure !== null && <ErrorState error={failure} meaning={t("campaigns.enrol.again")} />}
        <Group justify="flex-end" gap="xs">
          <Progress progress={progress} />
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" loading={progress !== null} disabled={(n === 0 && !isCapped) || asked !== filter}>
            {chosen.size > 0
              ? t("campaigns.enrol.chosen", { n })
              : isCapped
                ? t("campaigns.enrol.all_many")
                : t("campaigns.enrol.all", { n })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FilterFieldsProps {
  value: LeadFilter;
  onChange: (change: Partial<LeadFilter>) => void;
}

function FilterFields({ value, onChange }: FilterFieldsProps) {
  const { t, known } = useI18n();
  const { data } = useFacets(true);
  const stateWord = (state: string) => {
    const key = known(`campaigns.lead_state.${state}`);
    return key === undefined ? state : t(key);
  };
  const choices = (values: readonly string[] = [], chosen: string, word = (v: string) => v) => [
    { value: "", label: t("kit.filter.all") },
    // A chosen value stays on the list also when no lead has it now.
    ...(chosen === "" || values.includes(chosen) ? [] : [{ value: chosen, label: word(chosen) }]),
    ...values.map((each) => ({ value: each, label: word(each) })),
  ];
  return (
    <div className={classes.filters}>
      <TextField
        label={t("kit.filter.search")}
        type="search"
        value={value.search}
        onChange={(search) => onChange({ search })}
        autoFocus
      />
      <SelectField
        label={t("campaigns.enrol.state")}
        value={value.state}
        onChange={(state) => onChange({ state })}
        options={choices(leadStates, value.state, stateWord)}
      />
      <SelectField
        label={t("campaigns.enrol.industry")}
        value={value.industry}
        onChange={(industry) => onChange({ industry })}
        options={choices(data?.industries, value.industry)}
      />
      <SelectField
        label={t("campaigns.enrol.country")}
        value={value.country}
        onChange={(country) => onChange({ country })}
        options={choices(data?.countries, value.country)}
      />
      <NumberField
        label={t("campaigns.enrol.fit")}
        value={value.fitMin}
        onChange={(fitMin) => onChange({ fitMin })}
        min={0}
        max={100}
      />
      <CheckField
        label={t("campaigns.enrol.never")}
        checked={value.neverApproached}
        onChange={(neverApproached) => onChange({ neverApproached })}
      />
    </div>
  );
}

interface LeadTicksProps {
  leads: readonly LeadRow[];
  total: number;
  isCapped: boolean;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
}

function LeadTicks({ leads, total, isCapped, chosen, onChosen }: LeadTicksProps) {
  const { t } = useI18n();
  const matching = t(isCapped ? "campaigns.enrol.matching_many" : "campaigns.enrol.matching", { n: total });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChosen(next);
  };
  return (
    <fieldset className={classes.ticks}>
      <legend>{matching}</legend>
      <div className={classes.tickList} tabIndex={0} role="group" aria-label={matching}>
        {leads.map((lead) => (
          <label key={lead.id} className={classes.tick}>
            <input type="checkbox" checked={chosen.has(lead.id)} onChange={() => toggle(lead.id)} />
            <span className={classes.tickName}>{lead.name || lead.email || t("kit.unknown")}</span>
            <span className={classes.muted}>{[lead.title, lead.company, lead.city].filter(Boolean).join(" · ")}</span>
          </label>
        ))}
      </div>
      {(isCapped || total > leads.length) && (
        <p className={classes.hint}>{t("campaigns.enrol.first", { n: leads.length })}</p>
      )}
    </fieldset>
  );
}

interface OutcomeProps {
  result: Enrolled;
  isRunning: boolean;
  onClose: () => void;
}

function Outcome({ result, isRunning, onClose }: OutcomeProps) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      <Counts first={t("campaigns.enrol.added", { n: result.added })} result={result} />
      <p className={classes.hint}>{t(isRunning ? "campaigns.enrol.then_running" : "campaigns.enrol.then_start")}</p>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("kit.close")}</Button>
      </Group>
    </Stack>
  );
}
