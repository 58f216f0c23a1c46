import { ActionIcon } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useI18n } from "~/i18n";
import { Money, When } from "~/kit/figures";
import { Icon, type IconName } from "~/kit/icons";
import type { TodayItem } from "~/parts/prospects/api";
import { proposals } from "~/parts/prospects/warm";
import { type Deed, deedOf, isClosed, maySnooze, placeOf } from "./work";
import classes from "./Today.module.css";

interface LineProps {
  item: TodayItem;
  isActive: boolean;
  /** Whether it is this person's to work. */
  mayWork: boolean;
  onOpen: () => void;
  onDeed: () => void;
  onSnooze: () => void;
  onLeave: () => void;
}

const deedIcon: Record<Deed, IconName> = { done: "check", next: "check", plan: "plus", open: "arrow" };

/** Who, why now, what is proposed, when, and the value at stake; what can be done with it at the end. */
export function Line({ item, isActive, mayWork, onOpen, onDeed, onSnooze, onLeave }: LineProps) {
  const { t } = useI18n();
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isActive) place.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  const { task, prospect } = item;
  const deed = deedOf(item);
  return (
    <li ref={place} className={`${classes.line} ${isActive ? classes.active : ""}`}>
      {placeOf(item) === undefined ? (
        <div className={`${classes.open} ${classes.still}`}>
          <Words item={item} />
        </div>
      ) : (
        <button type="button" className={classes.open} onClick={onOpen}>
          <Words item={item} />
        </button>
      )}
      <span className={classes.stake}>
        {prospect?.value_cents != null && <Money cents={prospect.value_cents} currency={prospect.currency} short />}
        {task?.phone && (
          <a
            className={classes.phone}
            href={`tel:${task.phone.replace(/[^+\d]/g, "")}`}
            aria-label={t("today.call", { name: task.contact_name ?? task.company_name ?? "", phone: task.phone })}
          >
            {task.phone}
          </a>
        )}
      </span>
      <span className={classes.deeds}>
        {mayWork && maySnooze(item) && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("today.snooze")}
            title={t("today.snooze")}
            onClick={onSnooze}
          >
            <Icon name="clock" size={18} />
          </ActionIcon>
        )}
        {mayWork && task?.lead_id != null && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("today.skip")}
            title={t("today.skip")}
            onClick={onLeave}
          >
            <Icon name="right" size={18} />
          </ActionIcon>
        )}
        {mayWork && deed !== "open" && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t(`today.deed.${deed}`)}
            title={t(`today.deed.${deed}`)}
            onClick={onDeed}
          >
            <Icon name={deedIcon[deed]} size={18} />
          </ActionIcon>
        )}
      </span>
    </li>
  );
}

function iconOf({ reply, task, prospect }: TodayItem): IconName {
  if (reply) return "reply";
  if (task) return task.kind === "call" ? "phone" : "task";
  return prospect?.has_opportunity ? "opportunity" : "prospect";
}

function Words({ item }: { item: TodayItem }) {
  const { t, known } = useI18n();
  const { prospect, task, reply } = item;
  const why = known(`today.why.${item.why}`);
  const who = prospect?.company_name ?? task?.company_name ?? reply?.company_name ?? reply?.from_name ?? "";
  const writer = reply?.company_name == null || reply.from_name.includes("@") ? undefined : reply.from_name;
  const person = prospect?.contact_name ?? task?.contact_name ?? writer;
  const warm = prospect && prospect.next_action == null ? proposals(prospect)[0] : undefined;
  const plan = warm === undefined ? t("today.plan") : t("today.warm.proposal", { what: t(warm) });
  const what = prospect?.next_action ?? task?.text ?? reply?.subject ?? plan;
  const at = prospect?.next_action_at ?? task?.due_at ?? reply?.received_at;
  return (
    <>
      <span
        className={classes.icon}
        data-stage={prospect?.has_opportunity ? "opportunity" : prospect ? "prospect" : undefined}
      >
        <Icon name={iconOf(item)} size={18} />
      </span>
      <span className={classes.who}>
        {who || what}
        {person && <span className={classes.muted}> {person}</span>}
      </span>
      <span className={classes.what}>
        {why !== undefined && (
          <span className={item.section === "now" ? classes.urgent : classes.muted}>{t(why)} </span>
        )}
        {who && what}
      </span>
      <span className={classes.when}>{at && <When at={at} as={reply ? "relative" : "due"} />}</span>
      <GateWords item={item} />
    </>
  );
}

/** Whether the person may be reached as the task says, and why or why not. */
function GateWords({ item }: { item: TodayItem }) {
  const { t, known, language } = useI18n();
  const gate = item.task?.gate;
  if (gate == null) return null;
  const isShut = isClosed(item);
  const key = known(`today.gate.${gate.channel}.${isShut ? "closed" : "open"}`);
  return (
    <span className={classes.gate} data-gate={gate.outcome}>
      {isShut && <Icon name="warning" size={14} />}
      <span>
        {key !== undefined && <span className={isShut ? classes.urgent : undefined}>{t(key)} </span>}
        {gate.says[language]} {t("today.gate.rule", { rule: `${gate.rule.country} v${gate.rule.version}` })}
      </span>
    </span>
  );
}
