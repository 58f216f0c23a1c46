import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Money, When } from "~/kit/figures";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { isStep } from "~/parts/prospects/api";
import { useAddress } from "~/shell/address";
import { PartLink } from "~/shell/PartLink";
import classes from "./Pipeline.module.css";
import { QuoteEditor } from "./QuoteEditor";

/** Open deals and quotes, or the quote of the address. */
export default function PipelinePage() {
  const { id, open, search, set } = useAddress();
  const { t } = useI18n();
  const shown = search.view === "quotes" ? "quotes" : "deals";
  if (id !== undefined) return <QuoteEditor key={id} id={id} onClose={() => open(undefined)} />;
  return (
    <Page
      title={t("shell.nav.pipeline")}
      actions={
        <SegmentedControl
          value={shown}
          onChange={(value) => set({ view: value === "quotes" ? value : undefined }, { replace: true })}
          data={[
            { value: "deals", label: t("pipeline.deals") },
            { value: "quotes", label: t("pipeline.quotes") },
          ]}
          aria-label={t("shell.nav.pipeline")}
        />
      }
    >
      {shown === "deals" ? <Deals /> : <Quotes onOpen={open} />}
    </Page>
  );
}

function Nothing() {
  const { t } = useI18n();
  return (
    <EmptyState
      icon="opportunity"
      meaning="opportunity"
      title={t("shell.nav.pipeline")}
      sentence={t("pipeline.about")}
      action={
        <Button component={PartLink} part="prospects">
          {t("pipeline.empty.next")}
        </Button>
      }
    />
  );
}

function Deals() {
  const { t, format } = useI18n();
  const navigate = useNavigate();
  const deals = useQuery({
    queryKey: keys.list("opportunity", { state: "open" }),
    queryFn: () => read(api.GET("/api/v1/opportunities", { params: { query: { state: "open", limit: 200 } } })),
  });
  if (deals.isPending) return <Skeleton shape="list" />;
  if (deals.isError) return <ErrorState error={deals.error} onRetry={() => void deals.refetch()} />;
  const rows = deals.data.items;
  if (rows.length === 0) return <Nothing />;
  const euro = rows.filter((one) => one.currency === "EUR");
  const sum = euro.reduce((total, one) => total + one.value_cents, 0);
  const weighted = euro.reduce((total, one) => total + (one.value_cents * (one.chance_percent ?? 0)) / 100, 0);
  return (
    <>
      <p className={classes.sum}>
        <strong>
          <Money cents={sum} />
        </strong>{" "}
        {t("pipeline.open", { n: rows.length })} · {t("pipeline.weighted")} <Money cents={Math.round(weighted)} />
      </p>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{t("pipeline.column.company")}</th>
              <th className={classes.wide}>{t("pipeline.column.deal")}</th>
              <th className={classes.wide}>{t("pipeline.column.step")}</th>
              <th className={classes.end}>{t("pipeline.column.value")}</th>
              <th className={`${classes.end} ${classes.wide}`}>{t("pipeline.column.chance")}</th>
              <th>{t("pipeline.column.close")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.id}>
                <td>
                  <button
                    type="button"
                    className={classes.link}
                    onClick={() => void navigate({ to: "/prospects/{-$id}", params: { id: one.prospect_id } })}
                  >
                    {one.company_name}
                  </button>
                </td>
                <td className={classes.wide} title={one.opened_evidence}>
                  {one.name}
                </td>
                <td className={classes.wide}>
                  {one.step && isStep(one.step) ? t(`prospects.step.${one.step}`) : one.step}
                </td>
                <td className={classes.end}>
                  <Money cents={one.value_cents} currency={one.currency} />
                </td>
                <td
                  className={`${classes.end} ${classes.wide}`}
                  title={one.chance_own_percent == null ? t("pipeline.chance.default") : t("pipeline.chance.own")}
                >
                  {format.percent((one.chance_percent ?? 0) / 100)}
                </td>
                <td>
                  {one.expected_close_on ? <When at={one.expected_close_on} as="date" /> : t("prospects.unknown")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Quotes({ onOpen }: { onOpen: (id: string) => void }) {
  const { t, known } = useI18n();
  const quotes = useQuery({
    queryKey: keys.list("quote"),
    queryFn: () => read(api.GET("/api/v1/quotes", { params: { query: { limit: 200 } } })),
  });
  if (quotes.isPending) return <Skeleton shape="list" />;
  if (quotes.isError) return <ErrorState error={quotes.error} onRetry={() => void quotes.refetch()} />;
  if (quotes.data.items.length === 0) return <Nothing />;
  const word = (state: string) => {
    const key = known(`pipeline.quote.${state}`);
    return key === undefined ? state : t(key);
  };
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t("pipeline.column.number")}</th>
            <th>{t("pipeline.column.company")}</th>
            <th className={classes.wide}>{t("pipeline.column.deal")}</th>
            <th>{t("pipeline.column.state")}</th>
            <th className={classes.end}>{t("pipeline.column.value")}</th>
            <th className={classes.wide}>{t("pipeline.until")}</th>
          </tr>
        </thead>
        <tbody>
          {quotes.data.items.map((one) => (
            <tr key={one.id}>
              <td className={classes.number}>
                <button type="button" className={classes.link} onClick={() => onOpen(one.id)}>
                  {one.number ?? t("pipeline.quote.draft")}
                </button>
              </td>
              <td>{one.company_name}</td>
              <td className={classes.wide}>{one.title}</td>
              <td>{word(one.state)}</td>
              <td className={classes.end}>
                <Money cents={one.net_cents} currency={one.currency} />
              </td>
              <td className={classes.wide}>
                <When at={one.valid_until} as="date" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
