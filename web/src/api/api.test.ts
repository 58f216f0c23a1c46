import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import en from "~/i18n/en";
import { createTranslate, knownKey } from "~/i18n/translate";
import { api, read, setApiWorkspace } from "./client";
import { connectLive, parseEvent, retryDelayMs, subjectsOf } from "./live";
import { ApiProblem, fieldSentence, problemFrom, problemSentence, problemTitle } from "./problem";
import { createQueryClient, forgetWorkspace, keys } from "./query";
import { fetchPresence, startWorkspace, toSession } from "./session";

const words = { t: createTranslate("en", en), known: (key: string) => knownKey(en, key) };
const answer = (body: unknown, status = 200, type = "application/json") =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { "content-type": type } });

describe("problems", () => {
  it("are read with their code, sentence, fields and wait", async () => {
    const body = {
      code: "invalid",
      title: "That is not right yet",
      detail: "Something cannot be used.",
      status: 422,
      params: { n: 8, deep: {} },
      errors: [{ field: "email", code: "required", detail: "This is needed." }, 3],
    };
    const problem = await problemFrom(
      new Response(JSON.stringify(body), {
        status: 422,
        headers: { "content-type": "application/problem+json", "retry-after": "8" },
      }),
    );
    expect(problem).toMatchObject({ status: 422, code: "invalid", params: { n: 8 }, retryAfterSeconds: 8 });
    expect(problemTitle(problem, words)).toBe("That is not right yet");
    expect(problemSentence(problem, words)).toBe("Something cannot be used.");
    expect(fieldSentence(problem.field("email"), words)).toBe("This is needed.");
    expect(problem.field("name")).toBeUndefined();
  });

  it("stay problems when a proxy answers with a page of its own", async () => {
    const problem = await problemFrom(answer("<h1>Bad gateway</h1>", 502, "text/html"));
    expect(problem).toMatchObject({ status: 502, code: "http_502" });
    expect(problemSentence(problem, words)).toContain("The server could not finish this");
  });

  it("with a code that this page does not know yet show what the server wrote", () => {
    expect(problemSentence(new ApiProblem(422, "new_rule", "Title", "The list has no e-mail column."), words)).toBe(
      "The list has no e-mail column.",
    );
  });

  it("never show a program's own error text to a person", () => {
    expect(problemSentence(new TypeError("x is undefined"), words)).toBe(
      "Something in this page broke. Nothing that you saved is lost.",
    );
  });
});

describe("client", () => {
  beforeEach(() => {
    // The browser completes addresses by itself; jsdom's fetch does not.
    vi.stubGlobal("location", new URL("http://kiem.test/"));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    setApiWorkspace(null);
  });

  const call = async (reply: () => Promise<Response>) => {
    const fetcher = vi.fn((_: Request) => reply());
    const result = read(api.GET("/api/v1/session", { baseUrl: "http://kiem.test", fetch: fetcher }));
    return { result, fetcher };
  };

  it("says which workspace it is about", async () => {
    setApiWorkspace("w1");
    const { result, fetcher } = await call(async () => answer({ user: {} }));
    await result;
    expect(fetcher.mock.calls[0]?.[0].headers.get("Kiem-Workspace")).toBe("w1");
  });

  it("asks for the server's sentences in the language of the page", async () => {
    document.documentElement.lang = "nl";
    const { result, fetcher } = await call(async () => answer({ user: {} }));
    await result;
    expect(fetcher.mock.calls[0]?.[0].headers.get("Accept-Language")).toBe("nl");
  });

  it("throws a refusal as an ApiProblem", async () => {
    const { result } = await call(async () =>
      answer({ code: "forbidden", status: 403, title: "No" }, 403, "application/problem+json"),
    );
    await expect(result).rejects.toMatchObject({ name: "ApiProblem", status: 403, code: "forbidden" });
  });

  it("tells a line that is away from a server that refuses", async () => {
    const { result } = await call(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(result).rejects.toMatchObject({ status: 0, code: "offline" });
  });

  it("knows the first start from a log-in that is needed", async () => {
    const replies: Record<string, Response> = {
      "/api/v1/session": answer({ code: "logged_out", status: 401, title: "" }, 401, "application/problem+json"),
      "/api/v1/setup": answer({ needs_owner: true }),
    };
    const session = vi.spyOn(api, "GET").mockImplementation((async (path: string) => {
      const reply = replies[path]!;
      if (!reply.ok) throw await problemFrom(reply);
      return { data: await reply.json(), response: reply };
    }) as unknown as typeof api.GET);
    await expect(fetchPresence()).resolves.toEqual({ kind: "needs_owner" });
    session.mockRestore();
  });
});

describe("workspaces", () => {
  const session = (ids: string[]) =>
    toSession({
      user: { id: "u", name: "", email: "", language: "nl", theme: "auto" },
      workspaces: ids.map((id) => ({
        id,
        name: id,
        mode: "live",
        role: "sales",
        permissions: ["view"],
        time_zone: "Europe/Amsterdam",
      })),
    });
  afterEach(() => localStorage.clear());

  it("start with the one of last time, else the first", () => {
    expect(startWorkspace(session(["a", "b"]))?.id).toBe("a");
    localStorage.setItem("kiem.workspace", "b");
    expect(startWorkspace(session(["a", "b"]))?.id).toBe("b");
    localStorage.setItem("kiem.workspace", "gone");
    expect(startWorkspace(session(["a", "b"]))?.id).toBe("a");
    expect(startWorkspace(session([]))).toBeUndefined();
  });

  it("of a newer server are read with care: an unknown role may only read", () => {
    const { user, workspaces } = toSession({
      user: { id: "u", name: "", email: "", language: "fr", theme: "sepia" },
      workspaces: [
        {
          id: "a",
          name: "",
          mode: "live",
          role: "auditor",
          permissions: ["view", "audit_everything"],
          time_zone: "Europe/Paris",
        },
      ],
    });
    expect(user).toMatchObject({ language: "en", theme: "auto" });
    expect(workspaces[0]).toMatchObject({ role: "read_only", permissions: ["view"], sending_paused_reason: null });
  });

  it("forget each other's data, and only that", () => {
    const client = createQueryClient();
    client.setQueryData(keys.session(), 1);
    client.setQueryData(keys.list("lead"), 2);
    forgetWorkspace(client);
    expect(client.getQueryData(keys.session())).toBe(1);
    expect(client.getQueryData(keys.list("lead"))).toBeUndefined();
  });
});

describe("live events", () => {
  class Source {
    static all: Source[] = [];
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onerror: (() => void) | null = null;
    closed = false;
    constructor(readonly url: string) {
      Source.all.push(this);
    }
    close() {
      this.closed = true;
    }
  }
  beforeEach(() => {
    Source.all = [];
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Source);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const event = { id: "1", kind: "prospect.promoted", subject_kind: "prospect", subject_id: "p" };
  const open = (client = new QueryClient()) => {
    const invalidate = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
    const statuses: string[] = [];
    const connection = connectLive({ workspaceId: "w 1", client, onStatus: (status) => statuses.push(status) });
    return { invalidate, statuses, connection };
  };

  it("make old what they are about and what is summed from it", () => {
    expect(subjectsOf(event)).toEqual(["prospect", "company", "funnel", "lead", "work", "task", "engagement"]);
    expect(subjectsOf({ ...event, subject_kind: "from_a_newer_server" })).toEqual(["from_a_newer_server"]);
  });

  it("are gathered: a thousand events ask once", () => {
    const { invalidate, statuses, connection } = open();
    const source = Source.all[0]!;
    expect(source.url).toBe("/api/v1/events?workspace=w%201");
    source.onopen?.();
    for (let index = 0; index < 1000; index += 1) source.onmessage?.({ data: JSON.stringify(event) });
    vi.advanceTimersByTime(300);
    expect(invalidate).toHaveBeenCalledTimes(1);
    expect(statuses).toEqual(["connecting", "live"]);
    connection.close();
  });

  it("come back after the line was away, and then everything is old", () => {
    const { invalidate, statuses, connection } = open();
    Source.all[0]!.onopen?.();
    Source.all[0]!.onerror?.();
    expect(statuses.at(-1)).toBe("lost");
    vi.advanceTimersByTime(1000);
    Source.all[1]!.onopen?.();
    expect(statuses.at(-1)).toBe("live");
    expect(invalidate).toHaveBeenCalledTimes(1);
    connection.close();
    expect(Source.all[1]!.closed).toBe(true);
  });

  it("are listened to only while the page is seen; what was missed meanwhile is old", () => {
    const seen = vi.spyOn(document, "visibilityState", "get");
    const { invalidate, connection } = open();
    Source.all[0]!.onopen?.();
    const turn = (state: DocumentVisibilityState) => {
      seen.mockReturnValue(state);
      document.dispatchEvent(new Event("visibilitychange"));
    };
    turn("hidden");
    expect(Source.all[0]!.closed).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(Source.all).toHaveLength(1);
    expect(invalidate).not.toHaveBeenCalled();
    turn("visible");
    turn("visible");
    expect(Source.all).toHaveLength(2);
    Source.all[1]!.onopen?.();
    expect(invalidate).toHaveBeenCalledTimes(1);
    // A page that lies in memory, to be gone back to, keeps no connection either.
    window.dispatchEvent(new Event("pagehide"));
    expect(Source.all[1]!.closed).toBe(true);
    window.dispatchEvent(new Event("pageshow"));
    expect(Source.all).toHaveLength(3);
    connection.close();
    turn("visible");
    expect(Source.all).toHaveLength(3);
    expect(Source.all[2]!.closed).toBe(true);
    seen.mockRestore();
  });

  it("are not listened to by a page that is opened behind another, and lose no try while the line is away", () => {
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const { connection, invalidate } = open();
    expect(Source.all).toHaveLength(0);
    seen.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(Source.all).toHaveLength(1);
    Source.all[0]!.onerror?.();
    document.dispatchEvent(new Event("visibilitychange"));
    expect(Source.all).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    Source.all[1]!.onopen?.();
    expect(invalidate).toHaveBeenCalledTimes(1);
    connection.close();
    seen.mockRestore();
  });

  it("wait longer after each failure, up to half a minute", () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(retryDelayMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it.each(["", "{", "null", "{}", '{"id":1,"kind":"a","subject_kind":"b","subject_id":"c"}'])(
    "that are not ours are left alone: %s",
    (data) => {
      expect(parseEvent(data)).toBeNull();
    },
  );
});
