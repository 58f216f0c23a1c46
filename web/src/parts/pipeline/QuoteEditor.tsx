import { ActionIcon, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, read } from "~/api/client";
import { isProblem } from "~/api/problem";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { AreaField, NumberField, SelectField, TextField } from "~/kit/fields";
import { Money, When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { type QuoteRecord, useChange } from "~/parts/prospects/api";
import { DespiteField, useDespite } from "~/parts/prospects/Suppression";
import classes from "./Pipeline.module.css";
import { type Line, lineNet, totals } from "./totals";

interface DraftLine extends Line {
  key: number;
  description: string;
}

export function QuoteEditor({ id, onClose }: { id: string; onClose: () => void }) {
  const quote = useQuery({
    queryKey: keys.one("quote", id),
    queryFn: () => read(api.GET("/api/v1/quotes/{id}", { params: { path: { id } } })),
    // A draft is being typed in: nothing may take the words away.
    refetchOnWindowFocus: false,
  });
  const mayWrite = useMay("work_prospects");
  if (quote.isPending) return <Skeleton shape="record" />;
  if (quote.isError) return <ErrorState error={quote.error} onRetry={() => void quote.refetch()} />;
  return mayWrite && quote.data.quote.state === "draft" ? (
    <Draft record={quote.data} onClose={onClose} />
  ) : (
    <Sent record={quote.data} onClose={onClose} />
  );
}

const emptyLine = (key: number): DraftLine => ({
  key,
  description: "",
  quantity_milli: 1000,
  unit_price_cents: 0,
  discount_bp: 0,
  vat_bp: 2100,
});

function Draft({ record, onClose }: { record: QuoteRecord; onClose: () => void }) {
  const { t } = useI18n();
  const { quote } = record;
  const [title, setTitle] = useState(quote.title);
  const [intro, setIntro] = useState(quote.intro);
  const [terms, setTerms] = useState(quote.terms);
  const [until, setUntil] = useState(quote.valid_until);
  const [language, setLanguage] = useState(quote.language === "en" ? ("en" as const) : ("nl" as const));
  const [lines, setLines] = useState<DraftLine[]>(
    record.lines.length === 0 ? [emptyLine(0)] : record.lines.map((line, key) => ({ ...line, key })),
  );
  const path = { path: { id: quote.id } };
  const prospect = useQuery({
    queryKey: keys.one("prospect", quote.prospect_id),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id: quote.prospect_id } } })),
  });
  const despite = useDespite(prospect.data?.people, quote.contact_id);
  const filled = lines.filter((line) => line.description.trim() !== "" || line.unit_price_cents !== 0);
  const write = () =>
    api.PUT("/api/v1/quotes/{id}", {
      params: path,
      body: {
        contact_id: quote.contact_id,
        currency: quote.currency,
        language,
        title,
        intro,
        terms,
        valid_until: until,
        lines: filled.map(({ key: _, ...line }) => ({
          description: line.description,
          quantity_milli: line.quantity_milli,
          unit_price_cents: line.unit_price_cents,
          discount_bp: line.discount_bp,
          vat_bp: line.vat_bp,
        })),
      },
    });
  const save = useChange(write);
  const send = useChange(async () => {
    await write();
    return api.POST("/api/v1/quotes/{id}/sending", {
      params: path,
      body: { message: "", despite_reason: despite.sent },
    });
  });
  const remove = useChange(() => api.DELETE("/api/v1/quotes/{id}", { params: path }));
  const problem = isProblem(save.error) ? save.error : isProblem(send.error) ? send.error : null;
  const change = (key: number, part: Partial<DraftLine>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  return (
    <Page
      title={t("pipeline.new_quote")}
      about={<BackToProspect record={record} />}
      actions={
        <>
          <Button variant="default" onClick={() => remove.mutate(undefined, { onSuccess: onClose })}>
            {t("pipeline.discard")}
          </Button>
          <Button variant="default" loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {t("pipeline.save")}
          </Button>
          <Button
            loading={send.isPending}
            onClick={() => send.mutate(undefined)}
            disabled={filled.length === 0 || prospect.isPending || !despite.mayGo}
          >
            {t("pipeline.send")}
          </Button>
        </>
      }
    >
      <div className={classes.editor}>
        <DespiteField despite={despite} problem={problem} />
        <div className={classes.fields}>
          <TextField label={t("pipeline.title")} name="title" problem={problem} value={title} onChange={setTitle} />
          <TextField
            label={t("pipeline.until")}
            name="valid_until"
            problem={problem}
            type="date"
            value={until}
            onChange={setUntil}
          />
          <SelectField
            label={t("pipeline.language")}
            value={language}
            onChange={setLanguage}
            options={[
              { value: "nl", label: "Nederlands" },
              { value: "en", label: "English" },
            ]}
          />
        </div>
        <AreaField label={t("pipeline.intro")} value={intro} onChange={setIntro} rows={4} />
        <ul className={classes.lines} aria-label={t("pipeline.lines")}>
          {lines.map((line, place) => (
            <LineFields
              key={line.key}
              line={line}
              place={place}
              problem={problem}
              currency={quote.currency}
              onChange={(part) => change(line.key, part)}
              onRemove={() => setLines(lines.filter((one) => one.key !== line.key))}
            />
          ))}
        </ul>
        <Button
          variant="subtle"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => setLines([...lines, emptyLine(Math.max(-1, ...lines.map((line) => line.key)) + 1)])}
        >
          {t("pipeline.add_line")}
        </Button>
        <Sums lines={lines} currency={quote.currency} />
        <AreaField label={t("pipeline.terms")} value={terms} onChange={setTerms} rows={3} />
      </div>
    </Page>
  );
}

interface LineFieldsProps {
  line: DraftLine;
  place: number;
  problem: Parameters<typeof TextField>[0]["problem"];
  currency: string;
  onChange: (part: Partial<DraftLine>) => void;
  onRemove: () => void;
}

function LineFields({ line, place, problem, currency, onChange, onRemove }: LineFieldsProps) {
  const { t } = useI18n();
  const scaled = (value: number | null, scale: number) => Math.round((value ?? 0) * scale);
  return (
    <li className={classes.line}>
      <TextField
        label={t("pipeline.line.description")}
        name={`lines.${place}.description`}
        problem={problem}
        value={line.description}
        onChange={(description) => onChange({ description })}
      />
      <NumberField
        label={t("pipeline.line.quantity")}
        name={`lines.${place}.quantity_milli`}
        problem={problem}
        value={line.quantity_milli / 1000}
        decimals={3}
        onChange={(value) => onChange({ quantity_milli: scaled(value, 1000) })}
      />
      <NumberField
        label={t("pipeline.line.price")}
        name={`lines.${place}.unit_price_cents`}
        problem={problem}
        value={line.unit_price_cents / 100}
        decimals={2}
        onChange={(value) => onChange({ unit_price_cents: scaled(value, 100) })}
      />
      <NumberField
        label={t("pipeline.line.discount")}
        value={line.discount_bp / 100}
        decimals={2}
        min={0}
        max={100}
        onChange={(value) => onChange({ discount_bp: scaled(value, 100) })}
      />
      <NumberField
        label={t("pipeline.line.vat")}
        value={line.vat_bp / 100}
        decimals={2}
        min={0}
        max={100}
        onChange={(value) => onChange({ vat_bp: scaled(value, 100) })}
      />
      <span className={classes.amount}>
        <Money cents={lineNet(line)} currency={currency} />
      </span>
      <ActionIcon variant="subtle" color="gray" aria-label={t("pipeline.line.remove")} onClick={onRemove}>
        <Icon name="trash" size={18} />
      </ActionIcon>
    </li>
  );
}

function Sums({ lines, currency }: { lines: readonly Line[]; currency: string }) {
  const { t, format } = useI18n();
  const sums = totals(lines);
  return (
    <dl className={classes.sums} aria-live="polite">
      <dt>{t("pipeline.net")}</dt>
      <dd>
        <Money cents={sums.net_cents} currency={currency} />
      </dd>
      {sums.vat.map((group) => (
        <div key={group.rate_bp} className={classes.contents}>
          <dt>
            {t("pipeline.vat", {
              percent: `${format.number(group.rate_bp / 100, group.rate_bp % 100 === 0 ? 0 : 2)}%`,
            })}
          </dt>
          <dd>
            <Money cents={group.vat_cents} currency={currency} />
          </dd>
        </div>
      ))}
      <dt className={classes.total}>{t("pipeline.gross")}</dt>
      <dd className={classes.total}>
        <Money cents={sums.gross_cents} currency={currency} />
      </dd>
    </dl>
  );
}

function BackToProspect({ record }: { record: QuoteRecord }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <button
      type="button"
      className={classes.link}
      onClick={() => void navigate({ to: "/prospects/{-$id}", params: { id: record.quote.prospect_id } })}
    >
      {t("pipeline.to_prospect")}
    </button>
  );
}

function Sent({ record, onClose }: { record: QuoteRecord; onClose: () => void }) {
  const { t, known, format } = useI18n();
  const { quote } = record;
  const state = known(`pipeline.quote.${quote.state}`);
  return (
    <Page
      title={`${t("pipeline.quote")} ${quote.number ?? ""}`}
      about={<BackToProspect record={record} />}
      actions={
        <>
          {record.url && (
            <>
              <Button component="a" variant="default" href={`${record.url}/pdf`}>
                {t("pipeline.pdf")}
              </Button>
              <Button component="a" variant="default" href={record.url} target="_blank" rel="noreferrer">
                {t("pipeline.public_page")}
              </Button>
            </>
          )}
          <ActionIcon variant="subtle" color="gray" aria-label={t("kit.close")} onClick={onClose}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </>
      }
    >
      <div className={`${classes.editor} ${classes.sent}`}>
        <p>
          <Chip meaning={quote.state === "accepted" ? "customer" : quote.state === "sent" ? "opportunity" : undefined}>
            {state === undefined ? quote.state : t(state)}
          </Chip>{" "}
          {quote.title}
        </p>
        <p>
          {t("pipeline.until")} <When at={quote.valid_until} as="date" />
          {quote.viewed_at && (
            <>
              {" · "}
              {t("pipeline.viewed")} <When at={quote.viewed_at} />
            </>
          )}
          {quote.decided_at && (
            <>
              {" · "}
              {quote.decided_name} <When at={quote.decided_at} as="dateTime" />
            </>
          )}
        </p>
        {quote.decided_note && <p className={classes.text}>{quote.decided_note}</p>}
        <p className={classes.text}>{quote.intro}</p>
        <ul className={classes.lines}>
          {record.lines.map((line, place) => (
            <li key={place} className={classes.sentLine}>
              <span className={classes.text}>
                {line.description}
                <br />
                <span className={classes.muted}>
                  {format.number(line.quantity_milli / 1000, line.quantity_milli % 1000 === 0 ? 0 : 1)} ×{" "}
                  <Money cents={line.unit_price_cents} currency={quote.currency} />
                </span>
              </span>
              <Money cents={line.net_cents} currency={quote.currency} />
            </li>
          ))}
        </ul>
        <Sums lines={record.lines} currency={quote.currency} />
        <p className={classes.text}>{quote.terms}</p>
      </div>
    </Page>
  );
}
