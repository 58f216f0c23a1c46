import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { usePages } from "~/api/pages";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { type Enrolled, together } from "./reach";

type Schemas = components["schemas"];
export type Campaign = Schemas["CampaignView"];
export type CampaignBody = Schemas["CampaignBody"];
export type Step = Schemas["StepView"];
export type Message = Schemas["MessageView"];
export type Mailbox = Schemas["MailboxView"];
export type LeadRow = Schemas["LeadRowView"];
export type LeadDetail = Schemas["LeadView"];
export type Counts = readonly { state: string; n: number }[];

/** Which part of the marketing list. Empty text means: all. */
export interface LeadFilter {
  search: string;
  state: string;
  country: string;
  industry: string;
  /** Lowest fit, 0 to 100; null for any. */
  fitMin: number | null;
  neverApproached: boolean;
}

const leadsPerPage = 200;
/** What one call may enrol; the server works them off in one transaction. */
const leadsPerCall = 500;
const messagesPerPage = 500;
/** More than this a page of mails does not fetch; it then says that there are more. */
export const messagesShownMax = 2000;

export function useCampaigns() {
  return useQuery({ queryKey: keys.list("campaign"), queryFn: () => read(api.GET("/api/v1/campaigns")) });
}

/** Also those that were put away. */
export function useAllCampaigns(enabled: boolean) {
  return useQuery({
    queryKey: keys.list("campaign", { archived: true }),
    queryFn: () => read(api.GET("/api/v1/campaigns", { params: { query: { archived: true } } })),
    enabled,
  });
}

export function useCampaign(id: string) {
  return useQuery({
    queryKey: keys.one("campaign", id),
    queryFn: () => read(api.GET("/api/v1/campaigns/{id}", { params: { path: { id } } })),
  });
}

export function useMailboxes() {
  return useQuery({ queryKey: keys.list("mailbox"), queryFn: () => read(api.GET("/api/v1/mailboxes")) });
}

/** After a change of a campaign or its mails everything that sums them is old. */
export function useMakeOld() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      (["campaign", "message", "work"] as const).map((subject) =>
        client.invalidateQueries({ queryKey: keys.all(subject) }),
      ),
    );
}

export function useSaveCampaign(id: string | null) {
  const makeOld = useMakeOld();
  return useMutation({
    mutationFn: async (body: CampaignBody): Promise<string> => {
      if (id === null) return (await read(api.POST("/api/v1/campaigns", { body }))).id;
      await api.PUT("/api/v1/campaigns/{id}", { params: { path: { id } }, body });
      return id;
    },
    onSuccess: makeOld,
  });
}

export async function runCampaign(id: string, run: boolean): Promise<void> {
  const params = { params: { path: { id } } };
  if (run) await api.POST("/api/v1/campaigns/{id}/run", params);
  else await api.DELETE("/api/v1/campaigns/{id}/run", params);
}

/** Puts a campaign away, holding it first when it runs, or brings it back. */
export async function archiveCampaign(id: string, away: boolean, isRunning: boolean): Promise<void> {
  const params = { params: { path: { id } } };
  if (isRunning) await runCampaign(id, false);
  if (away) await api.POST("/api/v1/campaigns/{id}/archive", params);
  else await api.DELETE("/api/v1/campaigns/{id}/archive", params);
}

/** Takes one person out: nothing more of this campaign goes to them. */
export async function takeLeadOut(id: string, leadId: string): Promise<void> {
  await api.DELETE("/api/v1/campaigns/{id}/enrolments/{lead_id}", { params: { path: { id, lead_id: leadId } } });
}

/** The people of a campaign, a page at a time. */
export function usePeople(id: string, search: string) {
  const ask = (cursor?: string) => {
    const query = { campaign_id: id, search: search || undefined, limit: 100, cursor };
    return read(api.GET("/api/v1/leads", { params: { query } }));
  };
  return usePages<LeadRow>(keys.list("lead", ["people", id, search]), ask, { keepsBefore: true });
}

function leadQuery(filter: LeadFilter) {
  return {
    search: filter.search || undefined,
    state: filter.state || undefined,
    country: filter.country || undefined,
    industry: filter.industry || undefined,
    fit_min: filter.fitMin ?? undefined,
    never_approached: filter.neverApproached || undefined,
  };
}

/** The first page of the leads that match, with how many there are. */
export function useLeads(filter: LeadFilter, enabled = true) {
  return useQuery({
    queryKey: keys.list("lead", ["enrol", filter]),
    queryFn: () => read(api.GET("/api/v1/leads", { params: { query: { ...leadQuery(filter), limit: leadsPerPage } } })),
    placeholderData: (before) => before,
    enabled,
  });
}

/** Leads to try a text on: those of the campaign, or any when it has none yet. */
export function usePreviewLeads(campaignId: string, hasPeople: boolean) {
  return useQuery({
    queryKey: keys.list("lead", ["preview", hasPeople ? campaignId : "any"]),
    queryFn: () =>
      read(
        api.GET("/api/v1/leads", {
          params: { query: { campaign_id: hasPeople ? campaignId : undefined, limit: 100, sort: "fit" } },
        }),
      ),
  });
}

export function useFacets(enabled: boolean) {
  return useQuery({
    queryKey: keys.list("lead", "facets"),
    queryFn: () => read(api.GET("/api/v1/leads/facets")),
    enabled,
  });
}

export function useLead(id: string | null | undefined) {
  return useQuery({
    queryKey: keys.one("lead", id ?? ""),
    queryFn: () => read(api.GET("/api/v1/leads/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== null && id !== undefined,
    staleTime: 5 * 60_000,
  });
}

/** Every lead that matches, page after page. */
export async function allLeadIds(filter: LeadFilter, onProgress: (n: number) => void): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...leadQuery(filter), limit: leadsPerPage, cursor };
    const page = await read(api.GET("/api/v1/leads", { params: { query } }));
    ids.push(...page.items.map((lead) => lead.id));
    onProgress(ids.length);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

/** Puts leads into a campaign, a piece at a time. Leads that are in it already are only counted, so it may be repeated. */
export function enrol(id: string, leads: readonly string[], onProgress: (done: number) => void): Promise<Enrolled> {
  const put = (body: Schemas["EnrolBody"]) =>
    read(api.POST("/api/v1/campaigns/{id}/enrolments", { params: { path: { id } }, body }));
  return inPieces(leads, put, onProgress);
}

/** What would become of leads in a campaign, and whom its tasks could not reach; nobody is put in. */
export function reachOf(id: string, leads: readonly string[], onProgress: (done: number) => void): Promise<Enrolled> {
  const look = (body: Schemas["EnrolBody"]) =>
    read(api.POST("/api/v1/campaigns/{id}/reach", { params: { path: { id } }, body }));
  return inPieces(leads, look, onProgress);
}

async function inPieces(
  leads: readonly string[],
  call: (body: Schemas["EnrolBody"]) => Promise<Enrolled>,
  onProgress: (done: number) => void,
): Promise<Enrolled> {
  let sum: Enrolled = { added: 0, already: 0, blocked: 0, channels: [] };
  for (let from = 0; from < leads.length; from += leadsPerCall) {
    sum = together(sum, await call({ leads: leads.slice(from, from + leadsPerCall) }));
    onProgress(Math.min(leads.length, from + leadsPerCall));
  }
  return sum;
}

export function usePreview(campaignId: string, step: Step, leadId: string | undefined, isFirst: boolean) {
  const body = { step, lead_id: leadId ?? "", is_first: isFirst };
  return useQuery({
    queryKey: keys.one("campaign", campaignId, `preview ${JSON.stringify(body)}`),
    queryFn: () => read(api.POST("/api/v1/campaigns/{id}/preview", { params: { path: { id: campaignId } }, body })),
    enabled: leadId !== undefined,
    placeholderData: (before) => before,
  });
}

export interface Messages {
  items: Message[];
  /** There are more than were fetched. */
  isCut: boolean;
}

/** All mails in these states, of one campaign or of all. */
export function useMessages(campaignId: string | undefined, states: readonly string[]) {
  return useQuery({
    queryKey: keys.list("message", [campaignId ?? "all", ...states]),
    queryFn: async (): Promise<Messages> => {
      const parts = await Promise.all(states.map((state) => messagesIn(campaignId, state)));
      return { items: parts.flatMap((part) => part.items), isCut: parts.some((part) => part.isCut) };
    },
  });
}

async function messagesIn(campaignId: string | undefined, state: string): Promise<Messages> {
  const items: Message[] = [];
  let cursor: string | undefined;
  do {
    const query = { campaign_id: campaignId, state, limit: messagesPerPage, cursor };
    const page = await read(api.GET("/api/v1/messages", { params: { query } }));
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < messagesShownMax);
  return { items, isCut: cursor !== undefined };
}

export interface SeenText {
  id: string;
  subject: string;
  body: string;
}

/** Approves drafts exactly as they stood on the screen; the answer holds those that still read so. */
export async function approve(messages: readonly SeenText[]): Promise<string[]> {
  const approved: string[] = [];
  // The server takes 500 at once.
  for (let from = 0; from < messages.length; from += 500) {
    const body = { messages: messages.slice(from, from + 500) };
    approved.push(...(await read(api.POST("/api/v1/messages/approval", { body }))).approved);
  }
  return approved;
}

export async function editDraft(id: string, subject: string, body: string): Promise<void> {
  await api.PATCH("/api/v1/messages/{id}", { params: { path: { id } }, body: { subject, body } });
}

export async function takeOut(id: string): Promise<void> {
  await api.DELETE("/api/v1/messages/{id}", { params: { path: { id } } });
}

export async function treatAsSent(id: string): Promise<void> {
  await api.POST("/api/v1/messages/{id}/acceptance", { params: { path: { id } } });
}
