import type { components } from "~/api/schema";

type Schemas = components["schemas"];
export type Inlet = Schemas["InletItem"];
export type InletBody = Schemas["InletBody"];

export const inletKinds = ["quote_form", "cal_com", "calendly"] as const;
export type InletKind = (typeof inletKinds)[number];

export function kindOf(inlet: { kind: string }): InletKind {
  return inletKinds.find((kind) => kind === inlet.kind) ?? "quote_form";
}

/** A secret that nobody can guess: 32 random bytes. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Origins as typed, one a line. */
export function originsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function attribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

/** A form for an own page: plain HTML that fetches its token when it is shown, and works in every content system. */
export function embedCode(url: string, words: Record<"name" | "email" | "company" | "text" | "send" | "done", string>) {
  const field = (name: string, label: string, more: string) =>
    `  <label>${attribute(label)}<br><input name="${name}" ${more}></label><br>`;
  return [
    `<form id="kiem-quote" method="post" action="${attribute(url)}">`,
    `  <input type="hidden" name="token">`,
    `  <input type="hidden" name="visit">`,
    field("name", words.name, `autocomplete="name" required`),
    field("email", words.email, `type="email" autocomplete="email" required`),
    field("company", words.company, `autocomplete="organization"`),
    `  <label>${attribute(words.text)}<br><textarea name="text" rows="5" required></textarea></label><br>`,
    `  <p style="position:absolute;left:-10000px" aria-hidden="true"><input name="website" tabindex="-1" autocomplete="off"></p>`,
    `  <button>${attribute(words.send)}</button>`,
    `</form>`,
    `<script>`,
    `(function (form) {`,
    `  fetch(form.action, { headers: { accept: "application/json" } })`,
    `    .then(function (answer) { return answer.json() })`,
    `    .then(function (open) { form.token.value = open.token })`,
    `  form.addEventListener("submit", function (event) {`,
    `    event.preventDefault()`,
    // Whose visit it is, when the measuring script of the website is on the page.
    `    form.visit.value = window.kiem ? kiem.token() : ""`,
    `    fetch(form.action, { method: "POST", headers: { "content-type": "text/plain" },`,
    `      body: JSON.stringify(Object.fromEntries(new FormData(form))) })`,
    `      .then(function (answer) { if (!answer.ok) throw answer; form.textContent = ${JSON.stringify(words.done)} })`,
    `      .catch(function () { form.submit() })`,
    `  })`,
    `})(document.getElementById("kiem-quote"))`,
    `</script>`,
  ].join("\n");
}

/** A link for an own page that tells who came by a mail, when the measuring script of the website is on that page. */
export function linkCode(url: string, words: string): string {
  return `<a href="${attribute(url)}" onclick="if (window.kiem) this.search = '?k=' + kiem.token()">${attribute(words)}</a>`;
}

/** What tells a booking service who came by a mail. Put it where the service's own embed code opens its calendar. */
export function serviceCode(kind: "cal_com" | "calendly"): string {
  return kind === "cal_com"
    ? `config: { "metadata[kiem]": window.kiem ? kiem.token() : "" }`
    : `utm: { utmContent: window.kiem ? kiem.token() : "" }`;
}
