import type { Page, Route } from "@playwright/test";

export const id = "01900000-0000-7000-8000-000000000001";
const delft = "01900000-0000-7000-8000-00000000000a";
const goes = "01900000-0000-7000-8000-00000000000b";

/** Reads like `StartInput`. */
export interface Order {
  mapping: { column: number; field: string }[];
  ground: { basis: string; source: string; source_detail: string; obtained_on: string };
  default_country: string | null;
  policy: string;
  rows: { row_number: number; action: string; company_id?: string }[];
  values: { field: string; from: string; to: string }[];
  date_order: string | null;
}

const undoUntil = new Date(Date.now() + 6 * 24 * 3600 * 1000).toISOString();

export const run = (state: string, done_n = 0, more: object = {}) => ({
  id,
  file_name: "beurs-najaar.csv",
  state,
  rows_n: 1200,
  done_n,
  companies_created_n: 640,
  companies_matched_n: 55,
  contacts_created_n: 1100,
  contacts_matched_n: 40,
  errors_n: 12,
  suppressed_n: 7,
  repeated_n: 14,
  ambiguous_n: 2,
  created_at: "2026-11-24T09:00:00Z",
  undo_until: state === "finished" ? undoUntil : null,
  undo: null,
  ...more,
});

const columns = [
  ["Company name", "company_name", 100, "vendor_name"],
  ["Naam", "full_name", 96, "own_name"],
  ["Emial", "email", 78, "close_spelling"],
  ["Contact 2", "phone", 55, "values"],
  ["Land", "country", 98, "own_name"],
  ["Opgericht", "founded_on", 98, "own_name"],
  ["Opmerking", "", 0, ""],
] as const;

export const preview = {
  import: run("previewed"),
  format: "csv",
  preset: "hubspot",
  encoding: "windows-1252",
  encodings: ["utf-8", "windows-1252"],
  delimiter: ";",
  has_header: true,
  header: columns.map(([name]) => name),
  mapping: columns.flatMap(([, field, confidence_percent, why], column) =>
    why === "" ? [] : [{ column, field, confidence_percent, why }],
  ),
  fields: ["company_name", "full_name", "email", "phone", "country", "founded_on", "title", "city", "do_not_mail"],
  sample: [
    {
      row_number: 2,
      cells: [
        "Bakkerij Jansen B.V.",
        "Jan de Vries",
        "jan@jansen.example",
        "06 12345678",
        "Nederlant",
        "01-02-2024",
        "",
      ],
    },
    { row_number: 3, cells: ["De Brug", "Zoë Müller", "zoe@brug.example", "015-2123456", "BE", "03-04-2019", "beurs"] },
  ],
  warnings: ["check_accents", "same_file", "date_ambiguous"],
};

const ambiguous = (row_number: number, name: string) => ({
  row_number,
  name,
  candidates: [
    { id: delft, name, city: "Delft", domain: "jansen-delft.example" },
    { id: goes, name, city: "Goes", domain: null },
  ],
});

/** What a trial finds with an order: words and rows that were decided are asked no more. */
function trialOf(order: Order, isSimple: boolean) {
  const open = isSimple
    ? []
    : [ambiguous(7, "Jansen Techniek"), ambiguous(31, "De Groot")].filter(
        (row) => !order.rows.some((each) => each.row_number === row.row_number),
      );
  const policyOf = (row: number) =>
    order.rows.find((each) => each.row_number === row && ["fill", "overwrite", "keep"].includes(each.action))?.action ??
    order.policy;
  const fact = (row_number: number, record: string, field: string, before: string, after: string) => {
    const policy = policyOf(row_number);
    const is_written = policy === "overwrite" || (policy === "fill" && before === "");
    return { row_number, record, field, before, after, is_written };
  };
  const facts = isSimple
    ? []
    : [
        fact(4, "Eva Smit, Zonnepark Advies", "phone", "", "+31 30 2345678"),
        fact(4, "Eva Smit, Zonnepark Advies", "title", "Inkoper", "Hoofd inkoop"),
        fact(9, "Van Dijk Techniek", "country", "BE", "NL"),
      ];
  const written_n = facts.filter((each) => each.is_written).length;
  const words = isSimple || order.values.some((each) => each.from === "Nederlant") ? [] : ["Nederlant"];
  return {
    is_done: true,
    is_complete: true,
    rows_n: 1200,
    created_n: 1100,
    matched_n: 72 + (isSimple ? 2 : 2 - open.length),
    repeated_n: 14,
    ambiguous_n: open.length,
    rejected_n: 12,
    companies_created_n: 640,
    companies_matched_n: 55,
    people_created_n: 1100,
    people_matched_n: 40,
    suppressed_n: 7,
    written_n,
    kept_n: facts.length - written_n,
    facts,
    ambiguous: open,
    problems: [
      { line: 12, code: "email", column: 2, value: "geen adres", is_row: false },
      { line: 40, code: "no_company", column: null, value: "", is_row: true },
    ],
    values: words.map((value) => ({ column: 4, value, rows_n: 18 })),
  };
}

const json = (route: Route, body: unknown, status = 200) => route.fulfill({ status, json: body });

interface Imports {
  /** How far the upload is; a test may move it. */
  current: ReturnType<typeof run>;
  /** Every order that was tried, and the one that was begun. */
  tried: Order[];
  begun: Order | null;
  moves: string[];
}

/** Answers the calls about one upload. A simple file leaves nothing to choose. */
export async function imports(page: Page, isSimple = false): Promise<Imports> {
  const world: Imports = { current: run("previewed"), tried: [], begun: null, moves: [] };
  let polls = 0;
  const seen = isSimple ? { ...preview, preset: null, warnings: [] } : preview;
  await page.route("**/api/v1/audience/summary", (route) =>
    json(route, { companies_n: 0, contacts_n: 0, with_address_n: 0, may_be_mailed_n: 0, blocked: [] }),
  );
  await page.route("**/api/v1/imports?**", (route) =>
    json(route, {
      items: [run("paused", 300), run("undone"), run("finished", 1200)].map((each, n) => ({
        ...each,
        id: `${id.slice(0, -1)}${n + 4}`,
      })),
    }),
  );
  await page.route("**/api/v1/imports", (route) => json(route, seen, 201));
  await page.route(`**/api/v1/imports/${id}`, (route) => {
    if (route.request().method() === "DELETE") {
      world.moves.push("stop");
      world.current = run("stopped", world.current.done_n, { undo_until: undoUntil });
      return route.fulfill({ status: 204 });
    }
    return json(route, world.current);
  });
  await page.route(`**/api/v1/imports/${id}/preview*`, (route) => json(route, seen));
  await page.route(`**/api/v1/imports/${id}/trial`, (route) => {
    if (route.request().method() === "POST") {
      world.tried.push(route.request().postDataJSON() as Order);
      polls = 0;
      return route.fulfill({ status: 202 });
    }
    const order = world.tried.at(-1);
    if (order === undefined) return json(route, null);
    const trial = trialOf(order, isSimple);
    return json(route, polls++ === 0 ? { ...trial, is_done: false, rows_n: 400, values: [], ambiguous: [] } : trial);
  });
  await page.route(`**/api/v1/imports/${id}/start`, (route) => {
    world.begun = route.request().postDataJSON() as Order;
    world.current = run("running", 300);
    return json(route, world.current, 202);
  });
  for (const [move, state] of [
    ["pause", "paused"],
    ["resume", "running"],
  ] as const) {
    await page.route(`**/api/v1/imports/${id}/${move}`, (route) => {
      world.moves.push(move);
      world.current = run(state, 400);
      return json(route, world.current);
    });
  }
  await page.route(`**/api/v1/imports/${id}/undo`, (route) => {
    world.moves.push("undo");
    const report = { people_removed_n: 1092, companies_removed_n: 630, restored_n: 55 };
    const kept = { people_kept_n: 8, companies_kept_n: 10, facts_kept_n: 3 };
    world.current = run("undone", 1200, { undo: { is_done: true, ...report, ...kept } });
    return json(route, world.current, 202);
  });
  for (const file of ["result", "errors"]) {
    await page.route(`**/api/v1/imports/${id}/${file}.csv`, (route) =>
      route.fulfill({ status: 200, contentType: "text/csv", body: `${file};Jansen\r\n` }),
    );
  }
  return world;
}
