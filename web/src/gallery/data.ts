import type { GateCount, Passage } from "~/pictures/gates";
import type { FunnelData } from "~/pictures/FunnelPicture";
import type { LeadProspectData } from "~/pictures/LeadProspectPicture";
import type { PlanData } from "~/pictures/PlanPicture";
import type { Deal, ProspectOpportunityData } from "~/pictures/ProspectOpportunityPicture";

// Made-up numbers for looking at the pictures: nothing, little, much. Only the gallery and the tests use them.

export const sizes = ["empty", "small", "large"] as const;
export type Size = (typeof sizes)[number];

const people: Passage[] = [
  {
    id: "p1",
    name: "Jolanda van den Berg",
    company: "Van den Berg Installaties",
    why: "“Wat kost dit voor drie vestigingen?”",
    at: "2026-11-20T09:12:00Z",
  },
  {
    id: "p2",
    name: "Mehmet Yılmaz",
    company: "Yılmaz Logistiek",
    why: "“Interessant, bel me donderdag.”",
    at: "2026-11-19T15:40:00Z",
  },
  {
    id: "p3",
    name: "Anne-Fleur de Wit",
    company: "Zonnepark Advies",
    why: "“Does this work with our own CRM?”",
    at: "2026-11-18T11:03:00Z",
  },
];

const gate = (count: number): GateCount => ({ count, latest: people.slice(0, Math.min(3, count)) });

export const leadProspect: Record<Size, LeadProspectData> = {
  empty: {
    leads: { never_approached: 0, approached: 0 },
    prospects: { to_qualify: 0, first_meeting: 0, second_meeting: 0, negotiation: 0, closing: 0 },
    gates: { reply: gate(0), appointment: gate(0), visits: gate(0), case_study: gate(0), quote_request: gate(0) },
    became: { k: 0, n: 0 },
    median_days_to_first_act: null,
  },
  small: {
    leads: { never_approached: 186, approached: 148 },
    prospects: { to_qualify: 6, first_meeting: 9, second_meeting: 4, negotiation: 2, closing: 1 },
    gates: { reply: gate(14), appointment: gate(5), visits: gate(3), case_study: gate(1), quote_request: gate(0) },
    became: { k: 23, n: 171 },
    median_days_to_first_act: 5.5,
  },
  large: {
    leads: { never_approached: 31_480, approached: 12_905 },
    prospects: { to_qualify: 212, first_meeting: 164, second_meeting: 88, negotiation: 41, closing: 17 },
    gates: {
      reply: gate(1204),
      appointment: gate(312),
      visits: gate(268),
      case_study: gate(97),
      quote_request: gate(61),
    },
    became: { k: 1942, n: 14_847 },
    median_days_to_first_act: 8,
  },
};

const names = [
  "Jansen Installatie",
  "Bakkerij Verhoeven",
  "Noordzee Transport",
  "De Groot Accountants",
  "Studio Meridiaan",
  "Veldkamp Agri",
  "Hofstra Bouw",
  "Kloosterman Metaal",
  "Lakeside Foods",
  "Tulp & Zonen",
  "Maasdijk Logistics",
  "Oranjehof Zorg",
];

function deals(count: number, from: number, hasChance: boolean): Deal[] {
  return Array.from({ length: count }, (_, index) => {
    const size = ((index * 7919 + from) % 97) / 97;
    const isUnknown = index % 6 === 5;
    return {
      id: `${from}-${index}`,
      company: `${names[(index + from) % names.length]}${index >= names.length ? ` ${Math.floor(index / names.length) + 1}` : ""}`,
      value_cents: isUnknown ? null : Math.round((900 + 42_000 * size ** 3) / 50) * 5000,
      chance: hasChance && !isUnknown ? 0.15 + 0.75 * (((index * 31) % 50) / 50) : null,
    };
  });
}

export const prospectOpportunity: Record<Size, ProspectOpportunityData> = {
  empty: { prospects: [], opportunities: [], gates: { quote: gate(0), intent: gate(0) }, became: { k: 0, n: 0 } },
  small: {
    prospects: deals(22, 3, false),
    opportunities: deals(9, 11, true),
    gates: { quote: gate(7), intent: gate(3) },
    became: { k: 10, n: 41 },
  },
  large: {
    prospects: deals(180, 5, false),
    opportunities: deals(74, 17, true),
    gates: { quote: gate(118), intent: gate(46) },
    became: { k: 164, n: 812 },
  },
};

const nothing = { count: 0, plan: null, before: null };
export const funnel: Record<Size, FunnelData> = {
  empty: {
    stages: { lead: nothing, prospect: nothing, opportunity: nothing, customer: nothing },
    steps: {
      prospect: { k: 0, n: 0, median_days: null },
      opportunity: { k: 0, n: 0, median_days: null },
      customer: { k: 0, n: 0, median_days: null },
    },
    leaks: { lead: [], prospect: [], opportunity: [] },
  },
  small: {
    stages: {
      lead: { count: 334, plan: 420, before: 290 },
      prospect: { count: 23, plan: 28, before: 17 },
      opportunity: { count: 9, plan: 10, before: 8 },
      customer: { count: 3, plan: 4, before: 2 },
    },
    steps: {
      prospect: { k: 23, n: 171, median_days: 5.5 },
      opportunity: { k: 9, n: 23, median_days: 16 },
      customer: { k: 3, n: 9, median_days: 21 },
    },
    leaks: {
      lead: [
        {
          kind: "resting",
          count: 96,
          reasons: [
            { label: "Geen reactie na 4 mails", count: 88 },
            { label: "Nu niet", count: 8 },
          ],
        },
      ],
      prospect: [
        {
          kind: "nurture",
          count: 5,
          reasons: [
            { label: "Volgend jaar", count: 4 },
            { label: "Contract loopt nog", count: 1 },
          ],
        },
        {
          kind: "disqualified",
          count: 4,
          reasons: [
            { label: "Te klein", count: 3 },
            { label: "Geen beslisser", count: 1 },
          ],
        },
      ],
      opportunity: [
        {
          kind: "lost",
          count: 2,
          reasons: [
            { label: "Prijs", count: 1 },
            { label: "Geen besluit", count: 1 },
          ],
        },
      ],
    },
  },
  large: {
    stages: {
      lead: { count: 44_385, plan: 40_000, before: 39_120 },
      prospect: { count: 1942, plan: 2400, before: 2011 },
      opportunity: { count: 412, plan: 480, before: 371 },
      customer: { count: 118, plan: 144, before: 96 },
    },
    steps: {
      prospect: { k: 1942, n: 14_847, median_days: 8 },
      opportunity: { k: 412, n: 1942, median_days: 19 },
      customer: { k: 118, n: 412, median_days: 34 },
    },
    leaks: {
      lead: [
        {
          kind: "resting",
          count: 11_204,
          reasons: [
            { label: "Geen reactie na 4 mails", count: 10_870 },
            { label: "Nu niet", count: 334 },
          ],
        },
        {
          kind: "disqualified",
          count: 640,
          reasons: [
            { label: "Adres bestaat niet", count: 512 },
            { label: "Afgemeld", count: 128 },
          ],
        },
      ],
      prospect: [
        {
          kind: "nurture",
          count: 702,
          reasons: [
            { label: "Volgend jaar", count: 502 },
            { label: "Contract loopt nog", count: 200 },
          ],
        },
        {
          kind: "disqualified",
          count: 418,
          reasons: [
            { label: "Te klein", count: 301 },
            { label: "Geen beslisser", count: 117 },
          ],
        },
        { kind: "lost", count: 96, reasons: [{ label: "Koos een ander", count: 96 }] },
      ],
      opportunity: [
        {
          kind: "lost",
          count: 141,
          reasons: [
            { label: "Prijs", count: 63 },
            { label: "Geen besluit", count: 48 },
            { label: "Concurrent", count: 30 },
          ],
        },
        { kind: "nurture", count: 38, reasons: [{ label: "Budget volgend jaar", count: 38 }] },
      ],
    },
  },
};

const month = (index: number) => `2026-${String(index + 1).padStart(2, "0")}`;
const plan = (factor: number, done: number, broken: string | null): PlanData => ({
  goal_cents: 30_000_000 * factor,
  deal_cents: 1_200_000,
  customers: { p50: 25 * factor, p80: 25 * factor },
  opportunities: { p50: 84 * factor, p80: 104 * factor },
  prospects: { p50: 265 * factor, p80: 371 * factor },
  leads: { p50: 10_349 * factor, p80: 15_309 * factor },
  mails_per_day: { p50: 131 * factor, p80: 194 * factor },
  mails_per_lead: 3.2,
  ratios: {
    opportunity_customer: { value: 0.3, k: 3, n: 10, source: "default" },
    prospect_opportunity: { value: 0.33, k: 26, n: 78, source: "own" },
    lead_prospect: { value: 0.028, k: 18, n: 600, source: "typed" },
  },
  months: {
    measure: "revenue",
    months: Array.from({ length: 12 }, (_, index) => ({
      month: month(index),
      plan: Math.round(factor * 1_200_000 * (0.4 + index * 0.3)),
      actual: index < done ? Math.round(factor * 1_200_000 * (0.3 + index * 0.24 + ((index * 5) % 3) * 0.25)) : null,
    })),
  },
  breaks_first: broken === null ? null : { step: "mails_per_day", month: broken },
});

export const plans: Record<Size, PlanData> = {
  empty: { ...plan(1, 0, null), months: { measure: "revenue", months: [] } },
  small: plan(1, 7, "2026-09"),
  large: plan(14, 10, null),
};
