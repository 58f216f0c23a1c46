import { type Step, isStep, steps } from "./api";

export type Direction = "up" | "down" | "left" | "right";

/** The card beside one: within its column, or at the same height in the next column that has cards. */
export function cardBeside(columns: readonly (readonly string[])[], id: string | null, to: Direction) {
  const column = columns.findIndex((cards) => id !== null && cards.includes(id));
  if (id === null || column < 0) return columns.find((cards) => cards.length > 0)?.[0];
  const cards = columns[column] ?? [];
  const row = cards.indexOf(id);
  if (to === "up" || to === "down") return cards[row + (to === "down" ? 1 : -1)] ?? id;
  const others = to === "right" ? columns.slice(column + 1) : columns.slice(0, column).toReversed();
  const there = others.find((each) => each.length > 0);
  return there?.[Math.min(row, there.length - 1)] ?? id;
}

/** The step before or after one; undefined at the ends of the board. */
export function stepBeside(step: string, to: "left" | "right"): Step | undefined {
  return isStep(step) ? steps[steps.indexOf(step) + (to === "right" ? 1 : -1)] : undefined;
}

/** The ids of the cards as they stand on the screen, column by column. */
export function cardsIn(board: HTMLElement | null): string[][] {
  return [...(board?.querySelectorAll("[data-column]") ?? [])].map((column) =>
    [...column.querySelectorAll<HTMLElement>("[data-card]")].map((card) => card.dataset.card ?? ""),
  );
}

/** Puts the focus on a card. False when it is not on the screen. */
export function focusCard(board: HTMLElement | null, id: string): boolean {
  const card = [...(board?.querySelectorAll<HTMLElement>("[data-card]") ?? [])].find(
    (each) => each.dataset.card === id,
  );
  const button = card?.querySelector("button");
  button?.focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return button !== undefined && button !== null;
}
