import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { ActionIcon, Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { QualificationDots } from "~/kit/QualificationDots";
import { shortReason } from "~/kit/reason";
import { type BoardColumn as BoardColumnData, type Prospect, type Step, findingsOf, isStep, steps } from "./api";
import classes from "./Board.module.css";

interface CardDeeds {
  /** The card that the keys are about. */
  activeId: string | null;
  onOpen: (id: string) => void;
  /** Missing for who may only look. */
  onMove: ((prospect: Prospect, step: Step) => void) | undefined;
  onActive: (id: string) => void;
}

interface BoardColumnProps extends CardDeeds {
  column: BoardColumnData;
  owner: string | undefined;
  /** Called with the cards that stand on the screen. */
  onShown: (cards: readonly Prospect[]) => void;
}

/** A step of the conversation with its sums and its cards. */
export function BoardColumn({ column, owner, activeId, onShown, onOpen, onMove, onActive }: BoardColumnProps) {
  const { t, known } = useI18n();
  const place = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  const [isAll, setAll] = useState(false);
  const rest = useQuery({
    queryKey: keys.list("prospect", { step: column.step, owner: owner ?? "all", rest: column.next_cursor }),
    enabled: isAll && column.next_cursor !== null && column.next_cursor !== undefined,
    queryFn: () =>
      read(
        api.GET("/api/v1/prospects", {
          params: { query: { step: column.step, owner, cursor: column.next_cursor ?? undefined, limit: 200 } },
        }),
      ),
  });
  useEffect(() => {
    const element = place.current;
    if (element === null || onMove === undefined) return;
    return dropTargetForElements({
      element,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        const prospect = source.data.prospect as Prospect;
        if (prospect.step !== column.step && isStep(column.step)) onMove(prospect, column.step);
      },
    });
  }, [column.step, onMove]);
  const name = isStep(column.step) ? t(`prospects.step.${column.step}`) : column.step;
  const exit = column.exit_criteria
    .map((key) => known(`prospects.exit.${key}`))
    .flatMap((key) => (key === undefined ? [] : [t(key)]))
    .join(", ");
  const cards = useMemo(() => [...column.items, ...(rest.data?.items ?? [])], [column.items, rest.data]);
  useEffect(() => onShown(cards), [cards, onShown]);
  return (
    <section
      ref={place}
      className={`${classes.column} ${isOver ? classes.over : ""}`}
      aria-label={name}
      data-column={column.step}
    >
      <header className={classes.head} title={t("prospects.exit", { criteria: exit })}>
        <h2 className={classes.name}>
          {name} <span className={`num ${classes.count}`}>{column.n}</span>
        </h2>
        {column.sums
          .filter((sum) => sum.sum_cents > 0)
          .map((sum) => (
            <p key={sum.currency} className={`num ${classes.sums}`}>
              <Money cents={sum.sum_cents} currency={sum.currency} short />
              {" · "}
              {t("prospects.weighted")} <Money cents={sum.weighted_cents} currency={sum.currency} short />
            </p>
          ))}
      </header>
      <ul className={classes.cards}>
        {cards.map((prospect) => (
          <CardView key={prospect.id} prospect={prospect} {...{ activeId, onOpen, onMove, onActive }} />
        ))}
      </ul>
      {!isAll && column.next_cursor !== null && column.next_cursor !== undefined && (
        <Button variant="subtle" onClick={() => setAll(true)}>
          {t("prospects.more", { n: column.n - column.items.length })}
        </Button>
      )}
    </section>
  );
}

function MoveMenu({ prospect, onMove }: { prospect: Prospect; onMove: (prospect: Prospect, step: Step) => void }) {
  const { t } = useI18n();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t("prospects.move_to", { company: prospect.company_name })}
        >
          <Icon name="more" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {steps
          .filter((step) => step !== prospect.step)
          .map((step) => (
            <Menu.Item key={step} onClick={() => onMove(prospect, step)}>
              {t(`prospects.step.${step}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface CardViewProps extends CardDeeds {
  prospect: Prospect;
}

function CardView({ prospect, activeId, onOpen, onMove, onActive }: CardViewProps) {
  const { t, language } = useI18n();
  const place = useRef<HTMLLIElement>(null);
  const mayMove = onMove !== undefined;
  useEffect(() => {
    const element = place.current;
    if (element === null || !mayMove) return;
    return draggable({ element, getInitialData: () => ({ prospect }) });
  }, [prospect, mayMove]);
  const frost = { "--frost": `${prospect.frost_percent}%` } as React.CSSProperties;
  return (
    <li
      ref={place}
      className={`${classes.card} ${prospect.frost_percent > 0 ? classes.cooling : ""}`}
      style={frost}
      data-card={prospect.id}
      data-active={activeId === prospect.id || undefined}
      onFocus={() => onActive(prospect.id)}
    >
      <div className={classes.top}>
        <button type="button" className={classes.open} onClick={() => onOpen(prospect.id)}>
          {prospect.company_name}
        </button>
        {onMove !== undefined && <MoveMenu prospect={prospect} onMove={onMove} />}
      </div>
      <p className={classes.person}>
        {prospect.contact_name}
        {prospect.contact_title ? `, ${prospect.contact_title}` : ""}
      </p>
      <p className={classes.why} title={language === "nl" ? prospect.reason_nl : prospect.reason_en}>
        {shortReason(language === "nl" ? prospect.reason_nl : prospect.reason_en)}
      </p>
      <p className={classes.next}>
        {prospect.next_action_at ? (
          <>
            <Icon name="task" size={14} /> {prospect.next_action} <When at={prospect.next_action_at} as="due" />
          </>
        ) : (
          <Chip meaning="danger" icon="warning">
            {t("prospects.no_next_action")}
          </Chip>
        )}
      </p>
      <div className={classes.foot}>
        <QualificationDots findings={findingsOf(prospect)} />
        {prospect.frost_percent > 0 && (
          <span className={classes.frost}>
            <Icon name="frost" size={14} />
            {prospect.frost_percent >= 100 ? t("prospects.cold") : t("prospects.cooling")}
          </span>
        )}
      </div>
      {(prospect.has_opportunity || prospect.value_cents != null) && (
        <div className={classes.deal}>
          {prospect.has_opportunity && (
            <Chip meaning="opportunity" icon="opportunity">
              {t("kit.stage.opportunity")}
            </Chip>
          )}
          {prospect.value_cents != null && <Money cents={prospect.value_cents} currency={prospect.currency} short />}
        </div>
      )}
    </li>
  );
}
