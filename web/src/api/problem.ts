import type { MessageKey, Translate, Vars } from "~/i18n";

/** One field that the server refused, as in RFC 9457's `errors` extension. */
export interface FieldProblem {
  field: string;
  code: string;
  /** The sentence, in the language that the page asked for. */
  detail: string;
}

/** What the server said went wrong. `code` is what the program decides by; the sentence is for people. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly params: Vars = {},
    readonly errors: readonly FieldProblem[] = [],
    /** How long the server asks to wait before the next try; 0 when it does not. */
    readonly retryAfterSeconds = 0,
  ) {
    super(detail || title || code);
  }

  /** The refused fields as code by field name, for forms. */
  field(name: string): FieldProblem | undefined {
    return this.errors.find((error) => error.field === name);
  }
}

/** Reads a refusal. Whatever the body is, the outcome is an `ApiProblem`: a proxy may answer with a page of its own. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const type = response.headers.get("content-type") ?? "";
  const body: unknown = type.includes("json") ? await response.json().catch(() => null) : null;
  const fields = isRecord(body) ? body : {};
  return new ApiProblem(
    response.status,
    text(fields.code) || `http_${response.status}`,
    text(fields.title),
    text(fields.detail),
    vars(fields.params),
    fieldProblems(fields.errors),
    retryAfter(response.headers.get("retry-after")),
  );
}

/** No answer: the server is away, or the line is. */
export function offlineProblem(): ApiProblem {
  return new ApiProblem(0, "offline", "", "");
}

export function isProblem(error: unknown, status?: number): error is ApiProblem {
  return error instanceof ApiProblem && (status === undefined || error.status === status);
}

/** What was asked for is not there, or its address is none. */
export function isGone(error: unknown): boolean {
  return isProblem(error, 404) || (isProblem(error, 400) && error.code === "unreadable");
}

interface Wording {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/**
 * The sentence for a person. The server writes its own in the language of the page; this page adds those for what no
 * server says (`problem.<code>`, `problem.http_<status>`), and says the same in general where even that is missing.
 */
export function problemSentence(error: unknown, { t, known }: Wording): string {
  if (!(error instanceof ApiProblem)) return t("problem.page");
  const own = known(`problem.${error.code}`);
  if (own !== undefined) return t(own, error.params);
  return error.detail || error.title || t(error.status >= 500 ? "problem.server" : "problem.refused");
}

/** What happened, in one or two words. */
export function problemTitle(error: unknown, { t }: Wording): string {
  return (error instanceof ApiProblem && error.title) || t("problem.title");
}

/** The sentence below a field. */
export function fieldSentence(problem: FieldProblem | undefined, { t }: Wording): string | undefined {
  return problem === undefined ? undefined : problem.detail || t("problem.field.invalid");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function vars(value: unknown): Vars {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number",
  );
  return Object.fromEntries(entries);
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .map((item) => ({ field: text(item.field), code: text(item.code), detail: text(item.detail) }))
    .filter((item) => item.field !== "" && item.code !== "");
}

function retryAfter(header: string | null): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 0;
}
