import type { MessageKey, Translate, Vars } from "~/i18n";

/** One field that the server refused, as in RFC 9457's `errors` extension. */
export interface FieldProblem {
  field: string;
  code: string;
  params?: Vars;
}

/** What the server said went wrong. `code` is what the program decides by and what is translated; never the title. */
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
  );
}

/** No answer: the server is away, or the line is. */
export function offlineProblem(): ApiProblem {
  return new ApiProblem(0, "offline", "", "");
}

export function isProblem(error: unknown, status?: number): error is ApiProblem {
  return error instanceof ApiProblem && (status === undefined || error.status === status);
}

interface Wording {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/** The sentence for a person: the translation of the code, else what the server wrote, else that something is wrong. */
export function problemSentence(error: unknown, { t, known }: Wording): string {
  if (!(error instanceof ApiProblem)) return t("problem.page");
  const key = known(`problem.${error.code}`) ?? known(`problem.http_${error.status}`);
  if (key !== undefined) return t(key, error.params);
  return error.detail || error.title || t(error.status >= 500 ? "problem.server" : "problem.refused");
}

/** The sentence below a field. */
export function fieldSentence(problem: FieldProblem | undefined, { t, known }: Wording): string | undefined {
  if (problem === undefined) return undefined;
  const key = known(`problem.field.${problem.code}`) ?? known(`problem.${problem.code}`);
  return key === undefined ? t("problem.field.invalid") : t(key, problem.params);
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
    .map((item) => ({ field: text(item.field), code: text(item.code), params: vars(item.params) }))
    .filter((item) => item.field !== "" && item.code !== "");
}
