import { funnel, leadProspect, prospectOpportunity } from "~/gallery/data";
import type { FunnelView } from "./funnel";

// A workspace in the middle of its work, and one that has not begun: for the tests and the browser tests.

const gate = (count: number) => ({ count, latest: [] as FunnelView["lead_prospect"]["gates"]["reply"]["latest"] });
const gates = (n: number) => ({
  reply: gate(n),
  appointment: gate(n),
  visits: gate(n),
  case_study: gate(0),
  quote_request: gate(0),
});
const nothing = { count: 0, plan: null, before: 0 };
const noStep = { k: 0, n: 0, median_days: null };

export const emptyFunnel: FunnelView = {
  from: "2026-08-26",
  to: "2026-11-24",
  lead_prospect: { ...leadProspect.empty, gates: gates(0), inbound: gate(0) },
  prospect_opportunity: {
    prospects: [],
    opportunities: [],
    gates: { quote: gate(0), intent: gate(0) },
    became: { k: 0, n: 0 },
  },
  funnel: {
    stages: { lead: nothing, prospect: nothing, opportunity: nothing, customer: nothing },
    steps: { prospect: noStep, opportunity: noStep, customer: noStep },
    leaks: { lead: [], prospect: [], opportunity: [] },
  },
};

export const fullFunnel: FunnelView = {
  ...emptyFunnel,
  lead_prospect: {
    ...leadProspect.small,
    inbound: gate(2),
    gates: {
      ...gates(4),
      reply: {
        count: 14,
        latest: [
          {
            id: "g1",
            prospect_id: "p1",
            name: "Jolanda van den Berg",
            company: "Van den Berg Installaties",
            why: "“Wat kost dit voor drie vestigingen?”",
            at: "2026-11-20T09:12:00Z",
          },
        ],
      },
    },
  },
  prospect_opportunity: {
    prospects: [...prospectOpportunity.small.prospects],
    opportunities: [...prospectOpportunity.small.opportunities],
    gates: { quote: gate(7), intent: gate(3) },
    became: prospectOpportunity.small.became,
  },
  funnel: {
    stages: funnel.small.stages,
    steps: funnel.small.steps,
    leaks: {
      lead: [{ kind: "resting", count: 96, reasons: [{ label: "unknown", count: 96 }] }],
      prospect: [{ kind: "disqualified", count: 4, reasons: [{ label: "no_fit", count: 4 }] }],
      opportunity: [{ kind: "lost", count: 2, reasons: [{ label: "price", count: 2 }] }],
    },
  },
};
