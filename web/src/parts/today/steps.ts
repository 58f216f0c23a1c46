/** What a workspace has, as far as beginning is concerned. */
export interface Begun {
  senderCompany: string;
  postalAddress: string;
  mailboxes: number;
  leads: number;
  campaigns: readonly {
    state: string;
    enrolments: readonly { n: number }[];
    messages: readonly { state: string; n: number }[];
  }[];
}

export const stepIds = ["identity", "mailbox", "audience", "campaign", "approve"] as const;
export type StepId = (typeof stepIds)[number];

const goneOn = ["queued", "deferred", "claimed", "committing", "sent", "uncertain"];

/** From an empty workspace to the first approved mail: what is done already. */
export function stepsOf(begun: Begun): { id: StepId; isDone: boolean }[] {
  const done: Record<StepId, boolean> = {
    identity: begun.senderCompany.trim() !== "" && begun.postalAddress.trim() !== "",
    mailbox: begun.mailboxes > 0,
    audience: begun.leads > 0,
    campaign: begun.campaigns.some(
      ({ state, enrolments }) => state !== "draft" && enrolments.some((count) => count.n > 0),
    ),
    approve: begun.campaigns.some(({ messages }) => messages.some(({ state, n }) => n > 0 && goneOn.includes(state))),
  };
  return stepIds.map((id) => ({ id, isDone: done[id] }));
}
