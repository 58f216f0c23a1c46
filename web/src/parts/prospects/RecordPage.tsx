import { ActionIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip, StageBadge } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { Skeleton } from "~/kit/states";
import { useReceipt } from "~/parts/inbox/PromotionReceipt";
import { RecordError } from "~/shell/RecordError";
import { PartLink } from "~/shell/PartLink";
import { useAddress } from "~/shell/address";
import type { ProspectRecord } from "./api";
import { useNeighbours } from "./calls";
import { Composer } from "./Composer";
import { Deals } from "./Deals";
import { History } from "./History";
import { NextAction } from "./NextAction";
import { Qualification } from "./Qualification";
import { ReceiptButton } from "./ReceiptButton";
import { Facts, People } from "./RecordFacts";
import { RecordMenu } from "./RecordMenu";
import { Tasks } from "./Tasks";
import classes from "./Record.module.css";

function useRecord(id: string) {
  return useQuery({
    queryKey: keys.one("prospect", id),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id } } })),
  });
}

/** The record on a page of its own, with the next and the previous one of the list that one came from. */
export function RecordPage({ id }: { id: string }) {
  const record = useRecord(id);
  if (record.isPending) return <Skeleton shape="record" />;
  if (record.isError)
    return <RecordError part="prospects" error={record.error} onRetry={() => void record.refetch()} />;
  return (
    <Page
      title={record.data.prospect.company_name}
      about={<Stage record={record.data} />}
      actions={
        <>
          <RecordMenu record={record.data} />
          <Neighbours id={id} />
        </>
      }
    >
      <RecordBody record={record.data} />
    </Page>
  );
}

/** The record beside its list. */
export function RecordPanel({ id }: { id: string }) {
  const record = useRecord(id);
  if (record.isPending) return <Skeleton shape="record" />;
  if (record.isError)
    return <RecordError part="prospects" isPanel error={record.error} onRetry={() => void record.refetch()} />;
  return (
    <>
      <header className={classes.panelHead}>
        <h2>{record.data.prospect.company_name}</h2>
        <Stage record={record.data} />
        <span className={classes.panelActions}>
          <RecordMenu record={record.data} />
        </span>
      </header>
      <RecordBody record={record.data} isPanel />
    </>
  );
}

function Stage({ record }: { record: ProspectRecord }) {
  const { t } = useI18n();
  return (
    <span className={classes.stage}>
      <StageBadge stage={record.lifecycle as "lead" | "prospect" | "opportunity" | "customer"} as="chip" />
      {record.is_suppressed && (
        <Chip meaning="danger" icon="warning">
          {t("prospects.suppressed.title")}
        </Chip>
      )}
    </span>
  );
}

/** Next, previous and back, in the order of the board, the list or Today. */
function Neighbours({ id }: { id: string }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const { open, set, search } = useAddress();
  const { from, place } = useNeighbours(id);
  const back = `prospects.back.${from}` as const;
  const close = () => {
    if (from === "today") void navigate({ to: "/today/{-$id}", search: { owner: search.owner } } as never);
    else if (from === "list") set({ full: undefined });
    else open(undefined);
  };
  const go = (to: string | undefined) => (to === undefined ? undefined : () => open(to));
  const [previous, next] = [go(place?.previous), go(place?.next)];
  useActions([
    {
      id: "prospect.close",
      label: back,
      section: "list",
      shortcut: "Escape",
      keyOnly: true,
      perform: close,
    },
    {
      id: "list.next",
      label: "kit.list.next",
      section: "list",
      shortcut: "j",
      keyOnly: true,
      when: () => next !== undefined,
      perform: () => next?.(),
    },
    {
      id: "list.previous",
      label: "kit.list.previous",
      section: "list",
      shortcut: "k",
      keyOnly: true,
      when: () => previous !== undefined,
      perform: () => previous?.(),
    },
  ]);
  return (
    <span className={classes.neighbours}>
      {place !== undefined && place.of > 1 && (
        <>
          <NavButton icon="up" label={t("kit.previous")} onClick={previous} />
          <NavButton icon="down" label={t("kit.next")} onClick={next} />
          <span className={`num ${classes.muted}`}>{t("kit.k_of_n", { k: place.at, n: place.of })}</span>
        </>
      )}
      <NavButton icon="close" label={t(back)} onClick={close} />
    </span>
  );
}

function NavButton({
  icon,
  label,
  onClick,
}: {
  icon: "up" | "down" | "close";
  label: string;
  onClick: (() => void) | undefined;
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={onClick === undefined}
    >
      <Icon name={icon} size={18} />
    </ActionIcon>
  );
}

function RecordBody({ record, isPanel = false }: { record: ProspectRecord; isPanel?: boolean }) {
  const { language } = useI18n();
  const { prospect, promotions } = record;
  const mayWork = useMay("work_prospects");
  const isUndone = prospect.state === "undone";
  return (
    <div className={`${classes.record} ${isPanel ? classes.panel : ""}`}>
      <div className={classes.facts}>
        <NextAction record={record} />
        <Tasks record={record} />
        <Qualification record={record} />
        <Deals record={record} />
        <People record={record} />
        <Facts record={record} />
      </div>
      <div className={classes.story}>
        <div className={`${classes.reason} ${isUndone ? classes.undone : ""}`}>
          <Icon name={isUndone ? "undo" : "prospect"} size={16} />
          <div className={classes.words}>
            {isUndone && <Undone promotion={promotions[0]} />}
            {language === "nl" ? prospect.reason_nl : prospect.reason_en}
          </div>
          {promotions.length > 0 && <ReceiptButton promotions={promotions} />}
        </div>
        {mayWork && !isUndone && <Composer record={record} />}
        <History id={prospect.id} />
      </div>
    </div>
  );
}

/** Who took the promotion back and when, with the way to the lead that it is again. */
function Undone({ promotion }: { promotion: string | undefined }) {
  const { t, format } = useI18n();
  const { data } = useReceipt(promotion);
  if (data === undefined) return null;
  return (
    <p className={classes.undoneLine}>
      {data.undone_at != null && (
        <strong>
          {data.undone_by
            ? t("prospects.undone.by", { date: format.date(data.undone_at), by: data.undone_by })
            : t("prospects.undone", { date: format.date(data.undone_at) })}
        </strong>
      )}{" "}
      <PartLink part="leads" id={data.lead_id}>
        {t("prospects.undone.lead")}
      </PartLink>
    </p>
  );
}
