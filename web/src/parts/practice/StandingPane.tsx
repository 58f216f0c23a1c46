import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { GradeChip, IntentChip, StageBadge, intents } from "~/kit/chips";
import { When, useNow } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { ruleWord } from "~/kit/reason";
import { StandingBadge } from "~/parts/prospects/StandingBadge";
import { PartLink } from "~/shell/PartLink";
import type { PracticeMail } from "./calls";
import classes from "./Practice.module.css";
import { type Act, type Standing, actIcon, actKinds, clickRule, gradeOf, isSettling } from "./standing";

/** What Kiem made of the reader: the same facts, grades and rules as in a live workspace. */
export function StandingPane({ mail, isWaiting }: { mail: PracticeMail; isWaiting: boolean }) {
  const { t } = useI18n();
  const { standing } = mail;
  return (
    <aside className={classes.standing} aria-label={t("practice.standing")}>
      <h2 className={classes.heading}>{t("practice.standing")}</h2>
      <div role="status">{isWaiting && <p className={classes.waiting}>{t("practice.waiting")}</p>}</div>
      {standing == null ? (
        <p className={classes.soft}>{t("practice.no_lead", { address: mail.address })}</p>
      ) : (
        <Filled standing={standing} />
      )}
    </aside>
  );
}

function Filled({ standing }: { standing: Standing }) {
  const { t } = useI18n();
  const now = useNow();
  return (
    <>
      <div>
        <strong className={classes.name}>{standing.name ?? t("kit.unknown")}</strong>
        <p className={classes.soft}>{[standing.title, standing.company_name].filter(Boolean).join(" · ")}</p>
      </div>
      <div className={classes.chips}>
        {standing.promotion == null ? (
          <>
            <StageBadge stage="lead" as="chip" />
            <span className={`num ${classes.soft}`}>{t("practice.warmth", { n: standing.warmth })}</span>
          </>
        ) : (
          <Stage id={standing.promotion.prospect_id} />
        )}
      </div>
      {standing.promotion == null ? (
        <p className={classes.soft}>
          {t("practice.still_lead")}{" "}
          <PartLink part="leads" id={standing.lead_id}>
            {t("practice.to_lead")}
          </PartLink>
        </p>
      ) : (
        <Promotion promotion={standing.promotion} />
      )}
      {isSettling(standing, now) && <p className={classes.waiting}>{t("practice.settling")}</p>}
      <h3 className={classes.small}>{t("practice.acts")}</h3>
      {standing.acts.length === 0 && <p className={classes.soft}>{t("practice.acts.none")}</p>}
      <ol className={classes.acts}>
        {standing.acts.map((act) => (
          <ActItem key={act.id} act={act} />
        ))}
      </ol>
    </>
  );
}

/** The stage as the pursuit has it: it may be an opportunity by now, a customer, or over. */
function Stage({ id }: { id: string }) {
  const { data, isError } = useQuery({
    queryKey: keys.one("prospect", id),
    queryFn: () => read(api.GET("/api/v1/prospects/{id}", { params: { path: { id } } })),
  });
  if (data !== undefined) return <StandingBadge prospect={data.prospect} />;
  return isError ? <StageBadge stage="prospect" as="chip" /> : null;
}

function Promotion({ promotion }: { promotion: NonNullable<Standing["promotion"]> }) {
  const words = useI18n();
  const { t, language } = words;
  return (
    <div className={classes.promotion}>
      <p>{language === "nl" ? promotion.explanation_nl : promotion.explanation_en}</p>
      <p className={classes.soft}>
        {ruleWord(promotion.rule, words)} · <When at={promotion.decided_at} as="dateTime" />
      </p>
      <Button component={PartLink} part="prospects" id={promotion.prospect_id} size="xs">
        {t("practice.to_prospect")}
      </Button>
    </div>
  );
}

function ActItem({ act }: { act: Act }) {
  const { t, known } = useI18n();
  const kind = actKinds.find((each) => each === act.kind);
  const grade = gradeOf(act);
  const intent = intents.find((each) => each === act.label);
  const rule = clickRule(act);
  const ruleKey = rule === undefined ? undefined : known(`practice.rule.${rule}`);
  const title = kind === undefined ? act.kind : t(`practice.act.${kind}`);
  return (
    <li className={classes.act}>
      <Icon name={actIcon(act.kind)} size={18} />
      <div className={classes.actBody}>
        <span className={classes.actHead}>
          {act.inbound_id == null ? (
            <span>{title}</span>
          ) : (
            <PartLink part="inbox" id={act.inbound_id}>
              {title}
            </PartLink>
          )}
          <span className={classes.at}>
            <When at={act.at} />
          </span>
        </span>
        <span className={classes.chips}>
          {grade !== undefined && <GradeChip grade={grade} />}
          {intent !== undefined && (
            <IntentChip
              intent={intent}
              probability={act.certainty_percent == null ? undefined : act.certainty_percent / 100}
              needsLook={act.needs_look}
            />
          )}
        </span>
        {ruleKey !== undefined && (
          <span className={classes.soft}>
            {rule}: {t(ruleKey)}
          </span>
        )}
        {act.pages.length > 0 && (
          <ul className={classes.pages}>
            {act.pages.map((page) => (
              <li key={page.path}>
                {page.path} <span className={classes.soft}>{t("practice.seconds", { n: page.visible_seconds })}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
