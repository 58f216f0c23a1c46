import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { useActions } from "~/actions/ActionsProvider";
import { api } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { type Prospect, type Step, useChange } from "./api";
import { BoardColumn } from "./BoardColumn";
import { useBoard, useOwner } from "./calls";
import { DisqualifyDialog } from "./Dialogs";
import { type Direction, cardBeside, cardsIn, focusCard, stepBeside } from "./grid";
import { NoProspects } from "./NoProspects";
import { OwnerSwitch, ViewSwitch } from "./ViewSwitch";
import classes from "./Board.module.css";

/** Who is being talked with, by the step of the conversation, most urgent on top. */
export function Board() {
  const { t } = useI18n();
  const { open } = useAddress();
  const whose = useOwner();
  const board = useBoard(whose.owner);
  const mayWork = useMay("work_prospects");
  const keys = useBoardKeys(mayWork);
  const n = board.data?.columns.reduce((sum, column) => sum + column.n, 0) ?? 0;
  return (
    <Page
      title={t("shell.nav.prospects")}
      fills
      actions={
        <>
          <OwnerSwitch {...whose} />
          <ViewSwitch />
        </>
      }
    >
      {board.isPending ? (
        <Skeleton shape="board" />
      ) : board.isError ? (
        <ErrorState error={board.error} onRetry={() => void board.refetch()} />
      ) : n === 0 ? (
        <NoProspects />
      ) : (
        <div ref={keys.grid} className={classes.board} onKeyDown={keys.onKeyDown}>
          {board.data.columns.map((column) => (
            <BoardColumn
              key={column.step}
              column={column}
              owner={whose.owner}
              activeId={keys.activeId}
              onShown={keys.onShown}
              onOpen={open}
              onMove={mayWork ? keys.move : undefined}
              onActive={keys.setActiveId}
            />
          ))}
        </div>
      )}
      <p role="status" className="hidden-text">
        {keys.said}
      </p>
      <DisqualifyDialog id={keys.leaving} onClose={() => keys.setLeaving(null)} />
    </Page>
  );
}

const arrows: Partial<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** Whatever the mouse can do with a card, the keys can; where a card went is also said. */
function useBoardKeys(mayWork: boolean) {
  const { t } = useI18n();
  const grid = useRef<HTMLDivElement>(null);
  const shown = useRef(new Map<string, Prospect>());
  const [activeId, setActiveId] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const followed = useRef<string>(undefined);
  const change = useChange(({ prospect, step }: { prospect: Prospect; step: Step }) =>
    api.PUT("/api/v1/prospects/{id}/step", {
      params: { path: { id: prospect.id } },
      body: { step, version: prospect.version },
    }),
  );
  const move = useCallback(
    (prospect: Prospect, step: Step) =>
      change.mutate(
        { prospect, step },
        {
          onSuccess: () => {
            const company = prospect.company_name;
            setSaid(t("prospects.moved", { company, step: t(`prospects.step.${step}`) }));
          },
        },
      ),
    [change.mutate, t],
  );
  const onShown = useCallback((cards: readonly Prospect[]) => {
    for (const card of cards) shown.current.set(card.id, card);
  }, []);
  // A card that a key moved is drawn anew in its column: the focus follows it there.
  useEffect(() => {
    const id = followed.current;
    if (id === undefined || change.isPending) return;
    followed.current = undefined;
    focusCard(grid.current, id);
  }, [change.isPending]);

  const goTo = (to: Direction) => {
    const id = cardBeside(cardsIn(grid.current), activeId, to);
    if (id !== undefined) focusCard(grid.current, id);
  };
  // Without a chosen card the first key chooses one: nothing happens to a card that nobody pointed at.
  const onChosen = (perform: (card: Prospect) => void) => () => {
    const card = activeId === null ? undefined : shown.current.get(activeId);
    if (card === undefined) goTo("down");
    else perform(card);
  };
  const shift = (to: "left" | "right") =>
    onChosen((card) => {
      const step = stepBeside(card.step, to);
      if (step === undefined || change.isPending) return;
      followed.current = card.id;
      move(card, step);
    });
  const shared = { section: "list", keyOnly: true } as const;
  const when = () => mayWork;
  useActions([
    { ...shared, id: "board.next", label: "prospects.key.next", shortcut: "j", perform: () => goTo("down") },
    { ...shared, id: "board.previous", label: "prospects.key.previous", shortcut: "k", perform: () => goTo("up") },
    { ...shared, id: "board.left", label: "prospects.key.left", shortcut: "h", perform: () => goTo("left") },
    { ...shared, id: "board.right", label: "prospects.key.right", shortcut: "l", perform: () => goTo("right") },
    { ...shared, id: "board.back", label: "prospects.key.back", shortcut: "[", when, perform: shift("left") },
    { ...shared, id: "board.on", label: "prospects.key.on", shortcut: "]", when, perform: shift("right") },
    {
      ...shared,
      id: "board.no",
      label: "prospects.disqualify.title",
      shortcut: "x",
      when,
      perform: onChosen((card) => setLeaving(card.id)),
    },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = arrows[event.key];
    // A menu of a card is drawn elsewhere, but its keys come by here: they are its own.
    const isOurs = event.target instanceof Node && grid.current?.contains(event.target) === true;
    if (to === undefined || !isOurs || event.defaultPrevented) return;
    event.preventDefault();
    goTo(to);
  };
  return { grid, activeId, setActiveId, leaving, setLeaving, said, move, onShown, onKeyDown };
}
