import { api, read } from "~/api/client";
import type { operations } from "~/api/schema";
import { enrol } from "~/parts/campaigns/calls";
import type { Ground } from "./GroundFields";

export type LeadFilters = Omit<NonNullable<operations["get_leads_ids"]["parameters"]["query"]>, "cursor" | "limit">;

/** More than this is not selected at once; a filter makes it less. */
export const selectedMax = 20_000;
const idsPerPage = 1000;
/** What one call may hold. */
const leadsPerCall = 200;

/** What is done with every selected lead. */
export type BatchAction =
  | { kind: "campaign"; campaignId: string }
  | { kind: "suppress"; reason: string }
  | { kind: "ground"; ground: Ground }
  | { kind: "keep"; until: string; reason: string };

export interface BatchResult {
  done: number;
  skipped: number;
}

/** The ids of every lead that matches, page after page, up to `selectedMax`. */
export async function idsThatMatch(filters: LeadFilters): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...filters, limit: idsPerPage, cursor };
    const page = await read(api.GET("/api/v1/leads/ids", { params: { query } }));
    ids.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && ids.length < selectedMax);
  return ids.slice(0, selectedMax);
}

/** Does it, a piece at a time. Every action may be repeated: who was done is done once. */
export async function actOnLeads(
  action: BatchAction,
  leads: readonly string[],
  onProgress: (done: number) => void,
): Promise<BatchResult> {
  if (action.kind === "campaign") {
    const { added, already, blocked } = await enrol(action.campaignId, leads, onProgress);
    return { done: added, skipped: already + blocked };
  }
  const sum: BatchResult = { done: 0, skipped: 0 };
  for (let from = 0; from < leads.length; from += leadsPerCall) {
    const part = await actOnPart(action, leads.slice(from, from + leadsPerCall));
    sum.done += part.done;
    sum.skipped += part.skipped;
    onProgress(Math.min(leads.length, from + leadsPerCall));
  }
  return sum;
}

function actOnPart(action: Exclude<BatchAction, { kind: "campaign" }>, leads: string[]): Promise<BatchResult> {
  switch (action.kind) {
    case "suppress":
      return read(api.POST("/api/v1/leads/batch/suppression", { body: { leads, reason: action.reason } }));
    case "ground":
      return read(api.POST("/api/v1/leads/batch/ground", { body: { leads, ground: action.ground } }));
    case "keep":
      return read(
        api.POST("/api/v1/leads/batch/keeping", { body: { leads, until: action.until, reason: action.reason } }),
      );
  }
}
