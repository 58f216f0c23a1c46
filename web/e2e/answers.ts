import AxeBuilder from "@axe-core/playwright";
import { type Page, type Route, expect } from "@playwright/test";

export type Language = "nl" | "en";

interface World {
  presence: "inside" | "logged_out" | "needs_owner";
  language: Language;
  theme: "light" | "dark" | "auto";
  mode: "live" | "practice";
  role: Role;
  /** Why nothing is sent. */
  paused: string | null;
}

export type Role = "owner" | "manager" | "marketing" | "sales" | "read_only";

const marketing = ["view", "work_audience", "work_campaigns", "judge_engagement", "suppress"];
const sales = ["view", "judge_engagement", "work_prospects", "suppress"];
const manager = [...new Set([...marketing, ...sales]), "edit_plan", "configure", "manage_members"];

/** The server's role matrix. */
const permissions: Record<Role, readonly string[]> = {
  owner: [...manager, "manage_workspace"],
  manager,
  marketing,
  sales,
  read_only: ["view"],
};

/** A workspace as the session has it. */
function workspaceOf(id: string, name: string, mode: string, role: Role, paused: string | null = null) {
  const more = { permissions: permissions[role], sending_paused_reason: paused, time_zone: "Europe/Amsterdam" };
  return { id, name, mode, role, ...more };
}

/** Requests that changed something, in order, as `POST /api/v1/session`. */
export interface Answered {
  changes: { call: string; body: unknown; workspace: string | null }[];
}

const wrongLogIn = {
  nl: "Adres en wachtwoord horen niet bij elkaar.",
  en: "Address and password do not belong together.",
};

/** Who is logged in, and where: two workspaces and those made meanwhile. */
function sessionOf(world: World, made: object[]) {
  return {
    user: {
      id: "u1",
      name: "Sanne de Vries",
      email: "sanne@bureau.example",
      language: world.language,
      theme: world.theme,
    },
    workspaces: [
      workspaceOf("w1", "Bureau Noord", world.mode, world.role, world.paused),
      workspaceOf("w2", "Zonnepark Advies", "live", "manager"),
      ...made,
    ],
  };
}

/** Answers the API's calls of the shell, so that it can be tested before and without a server. */
export async function answer(page: Page, given: Partial<World> = {}): Promise<Answered> {
  const world: World = {
    presence: "inside",
    language: "en",
    theme: "light",
    mode: "practice",
    role: "owner",
    paused: null,
    ...given,
  };
  const answered: Answered = { changes: [] };
  const made: object[] = [];
  const session = () => sessionOf(world, made);
  await page.route("**/api/v1/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    const method = request.method();
    if (method !== "GET") {
      const workspace = (await request.headerValue("kiem-workspace")) ?? null;
      answered.changes.push({ call: `${method} ${path}`, body: request.postDataJSON(), workspace });
    }
    switch (`${method} ${path}`) {
      case "GET /api/v1/session":
        return world.presence === "inside" ? json(route, session()) : problem(route, 401, "logged_out");
      case "GET /api/v1/setup":
        return json(route, { needs_owner: world.presence === "needs_owner" });
      case "POST /api/v1/session": {
        const { password } = request.postDataJSON() as { password: string };
        if (password !== "een lang zinnetje") return problem(route, 409, "wrong_login", wrongLogIn[world.language]);
        world.presence = "inside";
        return route.fulfill({ status: 204 });
      }
      case "POST /api/v1/setup":
        world.presence = "inside";
        return route.fulfill({ status: 204 });
      case "DELETE /api/v1/session":
        world.presence = "logged_out";
        return route.fulfill({ status: 204 });
      case "PATCH /api/v1/me":
        Object.assign(world, request.postDataJSON());
        return json(route, session().user);
      case "POST /api/v1/workspaces": {
        const { name, practice } = request.postDataJSON() as { name: string; practice: boolean };
        made.push(workspaceOf("w3", name, practice ? "practice" : "live", "owner"));
        return route.fulfill({ status: 201, json: { id: "w3" } });
      }
      case "GET /api/v1/work-counts":
        return json(route, { today: 7, inbox: 3, leads: 0, prospects: 4, pipeline: 2, campaigns: 12 });
      case "GET /api/v1/notifications":
        return json(route, { items: [], n_unread: 0 });
      case "GET /api/v1/search":
        return json(route, { items: [{ kind: "prospect", id: "p1", title: "Jansen Installatie", detail: "Utrecht" }] });
      case "GET /api/v1/events":
        return route.fulfill({ status: 200, contentType: "text/event-stream", body: ": hello\n\n" });
      // Stands on the page of every company; nothing was asked of the register, and there is no key.
      case "GET /api/v1/register-access":
        return json(route, access);
      default:
        return /^GET .*\/companies\/[^/]+\/register$/.test(`${method} ${path}`)
          ? json(route, { reading: null, waits_in: null, fresh_until: null })
          : problem(route, 404, "not_found");
    }
  });
  return answered;
}

/** Access to the company register without a key. */
export const access = {
  has_key: false,
  price_mills: 20,
  ceiling_mills: 25_000,
  spent_mills: 0,
  fresh_days: 180,
  url: "https://register.example/api",
};

function json(route: Route, body: unknown) {
  return route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify(body) });
}

function problem(route: Route, status: number, code: string, detail = "") {
  const body = JSON.stringify({ title: "", detail, status, code });
  return route.fulfill({ status, contentType: "application/problem+json", body });
}

/** No finding of any weight. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
  expect(found).toEqual([]);
}

/** Keeps a picture of the page for people to look at. */
export async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true, animations: "disabled" });
}
