import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { FitReasons, NoProfile } from "~/parts/audience/profile/FitReasons";
import { type Reason, useFitWords } from "~/parts/audience/profile/words";
import type { CompanyDetail } from "./calls";
import classes from "./Companies.module.css";
import { factSource, recordSource } from "./sources";
import { isPage, pageName, proving, useSite } from "./website";

const meanings = { fits: "customer", partly: "prospect", does_not_fit: "danger" } as const;

/** How well the company fits the ideal customer: the score over what is known, how much that is, and every reason. */
export function Fit({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  const words = useFitWords();
  const { fit } = detail;
  if (fit.reasons.length === 0)
    return (
      <p className={classes.hint}>
        <NoProfile />
      </p>
    );
  const meaning = meanings[fit.outcome as keyof typeof meanings];
  return (
    <div className={classes.fit}>
      <p className={classes.verdict}>
        <Chip meaning={meaning} hollow={meaning === undefined}>
          {words.outcome(fit.outcome)}
        </Chip>
        <span>{fit.score == null ? t("companies.fit.no_score") : t("companies.fit.score", { score: fit.score })}</span>
        <span className={classes.muted}>{t("leads.fit.known", { known: fit.known_percent })}</span>
      </p>
      <FitReasons reasons={fit.reasons} evidence={(reason) => <Evidence reason={reason} detail={detail} />} />
    </div>
  );
}

/** Fields of the company that a criterion looks at; the first is where the fact stands on the page. */
const fieldsOf: Record<string, readonly string[]> = {
  industry: ["industry", "sbi_code"],
  size: ["employees_n"],
  revenue: ["revenue"],
  country: ["city", "region", "country"],
  region: ["city", "region", "country"],
  legal_form: ["legal_form"],
};

/** What a criterion looks at on the company's own website. */
const siteCriteria: Record<string, readonly string[]> = {
  technology: ["technology"],
  site_words: ["description", "news", "vacancy"],
};

/** Where the fact comes from, as a link to it. */
function Evidence({ reason, detail }: { reason: Reason; detail: CompanyDetail }) {
  const kinds = siteCriteria[reason.wish.criterion];
  return kinds === undefined ? (
    <OfRecord reason={reason} detail={detail} />
  ) : (
    <OfSite reason={reason} id={detail.company.id} kinds={kinds} />
  );
}

/** The pages that prove it. */
function OfSite({ reason, id, kinds }: { reason: Reason; id: string; kinds: readonly string[] }) {
  const { t, format } = useI18n();
  const facts = useSite(id).data?.facts ?? [];
  const pages = proving(
    facts.filter((fact) => kinds.includes(fact.kind)),
    reason.found.map((found) => found.value),
  );
  return pages.map((fact) => {
    const said = t("companies.from_website", { page: pageName(fact.url), date: format.date(fact.read_at) });
    return isPage(fact.url) ? (
      <a key={fact.url} className={classes.typed} href={fact.url} target="_blank" rel="noreferrer noopener">
        {said}
      </a>
    ) : (
      <span key={fact.url} className={classes.typed}>
        {said}
      </span>
    );
  });
}

/** Where a fact of the record comes from, as a link to it. */
function OfRecord({ reason, detail }: { reason: Reason; detail: CompanyDetail }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const fields = fieldsOf[reason.wish.criterion] ?? [];
  const { company } = detail;
  const given = detail.sources.find((fact) => fact.contact_id == null && fields.includes(fact.field));
  const source = () => {
    if (given !== undefined) return factSource(i18n, given);
    if (fields.includes("legal_form") && company.legal_form == null) return t("companies.fit.by_name");
    if (fields.includes("legal_form") && company.legal_form_source != null)
      return t("companies.source", {
        source: [company.legal_form_source, company.legal_form_on && format.date(company.legal_form_on)]
          .filter(Boolean)
          .join(", "),
      });
    return recordSource(i18n, company.source);
  };
  if (fields[0] === undefined) return null;
  return (
    <a className={classes.typed} href={`#fact-${fields[0]}`}>
      {source()}
    </a>
  );
}
