import type { MessageKey } from "~/i18n";
import { type Prospect, type Step, isActive, isStep } from "./api";

/** Something that helps the other side without asking for a decision; the keys of its words. */
export type Proposal = Extract<MessageKey, `today.warm.${string}`>;

// What is useful differs by how far the conversation is: first recognition, later certainty.
const byStep: Record<Step, readonly Proposal[]> = {
  to_qualify: ["today.warm.question", "today.warm.case", "today.warm.date"],
  first_meeting: ["today.warm.case", "today.warm.question", "today.warm.date"],
  demo_proposal: ["today.warm.case", "today.warm.reference", "today.warm.date"],
  negotiation: ["today.warm.reference", "today.warm.question", "today.warm.date"],
  closing: ["today.warm.question", "today.warm.reference", "today.warm.date"],
};

/** What would warm up a prospect that cools; nothing for one that is warm, rests or is closed. Best first. */
export function proposals(prospect: Pick<Prospect, "state" | "step" | "frost_percent">): readonly Proposal[] {
  if (!isActive(prospect) || prospect.frost_percent === 0) return [];
  return byStep[isStep(prospect.step) ? prospect.step : "to_qualify"];
}
