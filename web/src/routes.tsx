import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { ComponentType } from "react";
import { App } from "./App";
import { restOfWords } from "./i18n";
import { NotFound } from "./shell/NotFound";

// All addresses of the page. A part is one lazy chunk; `{-$id}` is the thing that is open in it, beside its list, so
// the list stays mounted and keeps its place. What is filtered and sorted stands in the address too (`useAddress`).

/** What follows the `?`. Values are kept as text; a part reads the ones it knows with `useAddress`. */
export type Search = Record<string, string>;

function readSearch(search: Record<string, unknown>): Search {
  // What was taken away is undefined; as text it would come back as a value.
  return Object.fromEntries(
    Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: App,
  notFoundComponent: NotFound,
  validateSearch: readSearch,
});

/** A part comes with its words. Today is the page that opens first: its words are among the first. */
function part(load: () => Promise<{ default: ComponentType }>) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), restOfWords()]);
    return module;
  });
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/today/{-$id}" });
  },
});

const today = createRoute({
  getParentRoute: () => root,
  path: "/today/{-$id}",
  component: lazyRouteComponent(() => import("./parts/today")),
});
const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox/{-$id}",
  component: part(() => import("./parts/inbox")),
});
const leads = createRoute({
  getParentRoute: () => root,
  path: "/leads/{-$id}",
  component: part(() => import("./parts/leads")),
});
const companies = createRoute({
  getParentRoute: () => root,
  path: "/companies/{-$id}",
  component: part(() => import("./parts/companies")),
});
const people = createRoute({
  getParentRoute: () => root,
  path: "/people/{-$id}",
  component: part(() => import("./parts/lists")),
});
const prospects = createRoute({
  getParentRoute: () => root,
  path: "/prospects/{-$id}",
  component: part(() => import("./parts/prospects")),
});
const pipeline = createRoute({
  getParentRoute: () => root,
  path: "/pipeline/{-$id}",
  component: part(() => import("./parts/pipeline")),
});
const campaigns = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/{-$id}",
  component: part(() => import("./parts/campaigns")),
});
const audience = createRoute({
  getParentRoute: () => root,
  path: "/audience/{-$id}",
  component: part(() => import("./parts/audience")),
});
const funnel = createRoute({
  getParentRoute: () => root,
  path: "/funnel/{-$id}",
  component: part(() => import("./parts/funnel")),
});
const planner = createRoute({
  getParentRoute: () => root,
  path: "/planner/{-$id}",
  component: part(() => import("./parts/planner")),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings/{-$id}",
  component: part(() => import("./parts/settings")),
});
const practice = createRoute({
  getParentRoute: () => root,
  path: "/practice/{-$id}",
  component: part(() => import("./parts/practice")),
});

const tree = root.addChildren([
  home,
  today,
  inbox,
  leads,
  companies,
  people,
  prospects,
  pipeline,
  campaigns,
  audience,
  funnel,
  planner,
  settings,
  practice,
]);

export function createPageRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPreloadDelay: 50,
    scrollRestoration: true,
    // `?q=jansen`, not `?q="jansen"`.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(
        Object.entries(search).flatMap(([key, value]) =>
          value === undefined || value === "" ? [] : [[key, String(value)]],
        ),
      ).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
