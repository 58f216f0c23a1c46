import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Subject } from "./query";

/** What the server tells while a page is open. */
export interface LiveEvent {
  id: string;
  /** What happened: `prospect.promoted`, `message.received`, ... */
  kind: string;
  subject_kind: string;
  subject_id: string;
}

export type LiveStatus = "connecting" | "live" | "lost";

/** Pages that show a sum of many things, by the things that they sum. */
const derived: Partial<Record<string, readonly Subject[]>> = {
  company: ["lead", "prospect", "audience"],
  contact: ["company", "lead", "prospect", "audience"],
  lead: ["company", "funnel", "audience", "work", "engagement"],
  prospect: ["company", "funnel", "lead", "work", "task", "engagement"],
  opportunity: ["funnel", "prospect", "plan", "work"],
  quote: ["opportunity", "prospect", "funnel", "work"],
  inbound: ["company", "thread", "lead", "prospect", "work", "engagement"],
  promotion: ["company", "thread", "lead", "prospect", "funnel", "work", "engagement"],
  message: ["thread", "work", "campaign", "lead"],
  engagement: ["lead", "prospect", "thread", "funnel", "work"],
  // What a lead does outside the mail: a link, a visit, an appointment, the quote form.
  link: ["engagement", "lead", "prospect", "funnel"],
  visit: ["engagement", "lead", "prospect", "funnel"],
  booking: ["engagement", "lead", "prospect", "funnel", "work", "task"],
  quote_request: ["engagement", "lead", "prospect", "funnel", "work"],
  task: ["work", "prospect"],
  campaign: ["lead", "work"],
  import: ["company", "contact", "lead", "audience"],
};

/** The query keys that an event makes old. */
export function subjectsOf(event: LiveEvent): string[] {
  return [event.subject_kind, ...(derived[event.subject_kind] ?? [])];
}

/** Waits 1, 2, 4 ... 30 seconds between tries. */
export function retryDelayMs(failures: number): number {
  return Math.min(30_000, 1000 * 2 ** Math.max(0, failures - 1));
}

/**
 * Server-sent events of a workspace: makes what changed on the server old on the page. Reconnects by itself. Only while
 * the page is seen: a browser has six connections to a host for all its tabs, and each stream keeps one.
 */
export function useLive(workspaceId: string, onEvent?: (event: LiveEvent) => void): LiveStatus {
  const client = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>("connecting");
  useEffect(() => {
    const connection = connectLive({ workspaceId, client, onEvent, onStatus: setStatus });
    return () => connection.close();
  }, [workspaceId, client, onEvent]);
  return status;
}

interface Connect {
  workspaceId: string;
  client: QueryClient;
  onEvent?: (event: LiveEvent) => void;
  onStatus: (status: LiveStatus) => void;
}

export function connectLive({ workspaceId, client, onEvent, onStatus }: Connect): { close: () => void } {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  /** Something may have happened that no stream told. */
  let hasMissed = false;
  const invalidate = collectInvalidations(client);

  const open = () => {
    timer = undefined;
    onStatus("connecting");
    source = new EventSource(`/api/v1/events?workspace=${encodeURIComponent(workspaceId)}`);
    source.onopen = () => {
      // Whatever happened while nobody listened was not told: everything on the page is old.
      if (hasMissed) void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      hasMissed = false;
      failures = 0;
      onStatus("live");
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event = parseEvent(message.data);
      if (event === null) return;
      invalidate.add(subjectsOf(event));
      onEvent?.(event);
    };
    source.onerror = () => {
      hangUp();
      failures += 1;
      onStatus("lost");
      timer = setTimeout(open, retryDelayMs(failures));
    };
  };
  const hangUp = () => {
    clearTimeout(timer);
    timer = undefined;
    source?.close();
    source = undefined;
    hasMissed = true;
  };
  const follow = () => {
    if (document.visibilityState !== "visible") hangUp();
    else if (source === undefined && timer === undefined) open();
  };
  const leave = listen(follow, hangUp);
  follow();

  return {
    close: () => {
      leave();
      hangUp();
      invalidate.stop();
    },
  };
}

/** Tells when the page may be seen again or not, and when it is left: it may then lie in memory, to be gone back to. */
function listen(onVisible: () => void, onLeft: () => void): () => void {
  document.addEventListener("visibilitychange", onVisible);
  window.addEventListener("pageshow", onVisible);
  window.addEventListener("pagehide", onLeft);
  return () => {
    document.removeEventListener("visibilitychange", onVisible);
    window.removeEventListener("pageshow", onVisible);
    window.removeEventListener("pagehide", onLeft);
  };
}

/** Gathers for a quarter of a second: an import of thousands must not ask for the same list thousands of times. */
function collectInvalidations(client: QueryClient) {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const subjects = new Set(waiting);
    waiting.clear();
    void client.invalidateQueries({ predicate: (query) => subjects.has(String(query.queryKey[0])) });
  };
  return {
    add: (subjects: readonly string[]) => {
      for (const subject of subjects) waiting.add(subject);
      timer ??= setTimeout(flush, 250);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Null for what is not one of ours: a newer server may tell more than this page knows. */
export function parseEvent(data: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null) return null;
    const { id, kind, subject_kind, subject_id } = value as Record<string, unknown>;
    const strings = [id, kind, subject_kind, subject_id].every((part) => typeof part === "string");
    return strings ? (value as LiveEvent) : null;
  } catch {
    return null;
  }
}
