import { Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Icon } from "~/kit/icons";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { type CompanyDetail, useChangeFacts, useMayChangeFacts } from "./calls";
import classes from "./Companies.module.css";
import { type SiteFact, byKind, factValue, isPage, pageName } from "./website";

/** Facts of a kind that are shown at once. */
const shownOfAKind = 6;

interface SiteFactsProps {
  detail: CompanyDetail;
  facts: readonly SiteFact[];
}

/** The facts by kind. */
export function SiteFacts({ detail, facts }: SiteFactsProps) {
  const { t } = useI18n();
  const refusal = facts.find((fact) => fact.kind === "no_approach");
  return (
    <>
      {refusal !== undefined && (
        <p className={classes.noApproach}>
          <RefusalMark>{t("companies.website.no_approach")}</RefusalMark> <SourceLink fact={refusal} quoted />
        </p>
      )}
      <dl className={`${classes.facts} ${classes.siteFacts}`}>
        {byKind(facts).map(([kind, of]) => (
          <Kind key={kind} kind={kind} facts={of} detail={detail} />
        ))}
      </dl>
    </>
  );
}

function Kind({ kind, facts, detail }: SiteFactsProps & { kind: string }) {
  const { t, known } = useI18n();
  const [all, setAll] = useState(false);
  const key = known(`companies.website.kind.${kind}`);
  const shown = all ? facts : facts.slice(0, shownOfAKind);
  return (
    <div>
      <dt>{key === undefined ? kind : t(key)}</dt>
      <dd>
        <ul className={classes.values}>
          {shown.map((fact) => (
            <Value key={fact.id} fact={fact} detail={detail} />
          ))}
        </ul>
        {shown.length < facts.length && (
          <button type="button" className={classes.more} onClick={() => setAll(true)}>
            {t("companies.website.more", { n: facts.length - shown.length })}
          </button>
        )}
      </dd>
    </div>
  );
}

/** One fact: its value leads to its page and shows its words; what can be made of it stands below. */
function Value({ fact, detail }: { fact: SiteFact; detail: CompanyDetail }) {
  const { t, known } = useI18n();
  const mayAdd = useMayChangeFacts();
  const purpose = fact.purpose == null ? undefined : known(`companies.website.purpose.${fact.purpose}`);
  const about = purpose === undefined ? fact.note : t(purpose);
  const contact = detail.contacts.find((each) => each.email === fact.value || each.name === fact.value);
  return (
    <li>
      <SourceLink fact={fact} />
      {about != null && about !== "" && <span className={classes.muted}>, {about}</span>}
      {fact.refuses_approach && <RefusalMark>{t("companies.website.refuses")}</RefusalMark>}
      {mayAdd && (fact.kind === "email" || fact.kind === "person") && !fact.refuses_approach && (
        <Uses fact={fact} isContact={contact !== undefined} />
      )}
    </li>
  );
}

/** The value as a link to its page; page, words and time on hover and on focus. */
function SourceLink({ fact, quoted = false }: { fact: SiteFact; quoted?: boolean }) {
  const { t, format, language } = useI18n();
  const told = t("companies.website.source", {
    quote: fact.snippet,
    page: pageName(fact.url),
    at: format.dateTime(fact.read_at),
  });
  const text = quoted ? `“${fact.snippet}”` : factValue(fact, language);
  const label = (
    <span className={classes.source}>
      <q>{fact.snippet}</q>
      <span>{pageName(fact.url)}</span>
      <span>{format.dateTime(fact.read_at)}</span>
    </span>
  );
  return (
    <Tooltip label={label} multiline maw={360} withArrow events={{ hover: true, focus: true, touch: true }}>
      {isPage(fact.url) ? (
        <a className={classes.value} href={fact.url} target="_blank" rel="noopener noreferrer" aria-description={told}>
          {text}
        </a>
      ) : (
        <span className={classes.value} tabIndex={0} aria-description={told}>
          {text}
        </span>
      )}
    </Tooltip>
  );
}

/** A person or an address becomes a contact; an address can be said to be published for offers. */
function Uses({ fact, isContact }: { fact: SiteFact; isContact: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const [asking, setAsking] = useState(false);
  const add = useChangeFacts(
    (designated: boolean) =>
      api.POST("/api/v1/website-facts/{id}/contact", { params: { path: { id: fact.id } }, body: { designated } }),
    () => notifyDone(t("companies.website.added", { what: fact.value })),
  );
  return (
    <span className={classes.uses}>
      {!isContact && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={add.isPending && !asking}
          onClick={() => add.mutate(false, { onError: (error) => notifyProblem(error, i18n) })}
          aria-label={t("companies.website.add_who", { who: fact.value })}
        >
          {t("companies.website.add")}
        </Button>
      )}
      {fact.may_be_designated && (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => setAsking(true)}
          aria-label={t("companies.website.designate_what", { address: fact.value })}
        >
          {t("companies.website.designate")}
        </Button>
      )}
      <ConfirmDialog
        opened={asking}
        title={t("companies.website.designate.title")}
        verb={t("companies.website.designate.verb")}
        onConfirm={() => add.mutateAsync(true)}
        onClose={() => setAsking(false)}
      >
        <q className={classes.quote}>{fact.snippet}</q>
        <span>{t("companies.website.designate.text", { address: fact.value, page: pageName(fact.url) })}</span>
      </ConfirmDialog>
    </span>
  );
}

/** The mark of a sentence that asks not to be approached. */
function RefusalMark({ children }: { children: string }) {
  return (
    <span className={classes.refusal}>
      <Icon name="warning" size={14} /> {children}
    </span>
  );
}
