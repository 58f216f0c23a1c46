import { Button } from "@mantine/core";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { Box } from "./Box";
import { type CompanyDetail, useMayChangeFacts } from "./calls";
import classes from "./Companies.module.css";
import { SiteFacts } from "./SiteFacts";
import { type SiteReading, useReadSite, useSite } from "./website";

/** What the company says about itself on its own website, each with its page, its words and its time. */
export function Website({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  const { id } = detail.company;
  const site = useSite(id);
  const read = useReadSite(id);
  const mayRead = useMayChangeFacts();
  const isReading = site.data?.waits_in != null;
  const hasSite = (detail.company.website ?? detail.company.domain ?? "") !== "";
  return (
    <Box
      title={t("companies.website")}
      action={
        mayRead &&
        hasSite && (
          <Button variant="default" size="xs" loading={read.isPending || isReading} onClick={() => read.mutate()}>
            {t("companies.website.read")}
          </Button>
        )
      }
    >
      {site.isPending ? (
        <Skeleton shape="cards" rows={2} />
      ) : site.isError ? (
        <ErrorState error={site.error} onRetry={() => void site.refetch()} />
      ) : (
        <>
          <p className={classes.hint} role="status">
            {isReading ? (
              t("companies.website.reading")
            ) : site.data.reading == null ? (
              t(hasSite ? "companies.website.never" : "companies.website.none")
            ) : (
              <Outcome reading={site.data.reading} />
            )}
          </p>
          <SiteFacts detail={detail} facts={site.data.facts} />
          {!isReading && site.data.reading != null && <Refused reading={site.data.reading} />}
        </>
      )}
    </Box>
  );
}

/** How the last reading ended, in plain words. */
function Outcome({ reading }: { reading: SiteReading }) {
  const { t, format } = useI18n();
  const why = useWhy();
  return (
    <>
      {reading.outcome === "read"
        ? t("companies.website.pages", { n: reading.pages_n })
        : t("companies.website.not_read", { why: why(reading.outcome, reading.outcome_detail) })}{" "}
      <When at={reading.read_at} />
      {reading.retry_at != null && ` ${t("companies.website.retry", { at: format.dateTime(reading.retry_at) })}`}
    </>
  );
}

/** Pages that were left alone, and why. */
function Refused({ reading }: { reading: SiteReading }) {
  const { t } = useI18n();
  const why = useWhy();
  if (reading.refused.length === 0 || reading.outcome !== "read") return null;
  return (
    <details className={classes.refused}>
      <summary>{t("companies.website.refused", { n: reading.refused.length })}</summary>
      <ul>
        {reading.refused.map((page) => (
          <li key={`${page.url} ${page.why}`}>
            <span className={classes.address}>{page.url}</span>
            <span className={classes.muted}>{why(page.why, page.detail)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A reason in plain words, with what else is known. */
function useWhy(): (outcome: string, detail: string | null | undefined) => string {
  const { t, known } = useI18n();
  return (outcome, detail) => {
    const key = known(`companies.website.why.${outcome}`);
    return key === undefined ? outcome : t(key, { detail: detail ?? "" });
  };
}
