import createClient from "openapi-fetch";
import { offlineProblem, problemFrom } from "./problem";
import type { paths } from "./schema";

let workspaceId: string | null = null;

/** Every call from now on is about this workspace. */
export function setApiWorkspace(id: string | null): void {
  workspaceId = id;
}

/** The typed HTTP API. A refusal throws an `ApiProblem`; `read` gives the body of what did not. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });

api.use({
  onRequest({ request }) {
    if (workspaceId !== null) request.headers.set("Kiem-Workspace", workspaceId);
    request.headers.set("Accept", "application/json, application/problem+json");
    // The server's sentences come in the language of the page, not of the browser.
    request.headers.set("Accept-Language", document.documentElement.lang || "en");
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemFrom(response);
    return response;
  },
  onError({ error }) {
    // Stopping a request on purpose is not an error of the line.
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return offlineProblem();
  },
});

/** The body of an answer: `const session = await read(api.GET("/api/v1/session"))`. */
export async function read<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  if (data === undefined || data === null) throw new TypeError("The server's answer has no body");
  return data;
}
