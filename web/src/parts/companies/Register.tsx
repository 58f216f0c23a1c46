import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay, useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import { Box } from "./Box";
import { type CompanyDetail, useMayChangeFacts } from "./calls";
import classes from "./Companies.module.css";
import { Candidates, Choose, Differences } from "./RegisterChoices";
import { type RegisterReading, mills, useCheckRegister, useRegister, useRegisterAccess } from "./register";

/** What the company register says, what it costs to ask, and what is for a person to decide. */
export function Register({ detail }: { detail: CompanyDetail }) {
  const { t } = useI18n();
  const { company } = detail;
  const found = useRegister(company.id);
  const mayBeDutch = company.kvk_number != null || company.country == null || company.country === "NL";
  if (!mayBeDutch) return null;
  return (
    <Box
      title={t("companies.register")}
      action={<Check id={company.id} fresh={found.data?.fresh_until ?? null} waits={found.data?.waits_in != null} />}
    >
      {found.isPending ? (
        <Skeleton shape="cards" rows={2} />
      ) : found.isError ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <>
          <p className={classes.hint} role="status">
            {found.data.waits_in != null ? (
              t("companies.register.waits")
            ) : found.data.reading == null ? (
              t("companies.register.never")
            ) : (
              <Outcome reading={found.data.reading} />
            )}
          </p>
          <NoKey />
          {found.data.waits_in == null && found.data.reading != null && (
            <Said id={company.id} reading={found.data.reading} />
          )}
        </>
      )}
    </Box>
  );
}

/** A company that left the register is said to have done so where nobody overlooks it. */
export function Ended({ id }: { id: string }) {
  const { t, format } = useI18n();
  const reading = useRegister(id).data?.reading;
  if (reading == null || !reading.is_ended) return null;
  return (
    <p className={classes.ended} role="note">
      {reading.ended_on == null
        ? t("companies.register.ended")
        : t("companies.register.ended_on", { date: format.date(reading.ended_on) })}
    </p>
  );
}

/** Asks for the check, with its price before anything is asked. */
function Check({ id, fresh, waits }: { id: string; fresh: string | null; waits: boolean }) {
  const { t, format } = useI18n();
  const access = useRegisterAccess();
  const check = useCheckRegister(id);
  const mayCheck = useMayChangeFacts();
  const isPractice = useWorkspace().workspace.mode === "practice";
  const [isAsking, setAsking] = useState(false);
  if (!mayCheck || isPractice || access.data === undefined || !access.data.has_key) return null;
  const price = access.data.price_mills;
  const isAgain = fresh !== null;
  return (
    <>
      <Button variant="default" size="xs" loading={waits} onClick={() => setAsking(true)}>
        {t(isAgain ? "companies.register.again" : "companies.register.check")}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={t("companies.register.check.title")}
        verb={t("companies.register.check.verb", { price: mills(format, price) })}
        onConfirm={() => check.mutateAsync({ agreed_mills: price, again: isAgain })}
        onClose={() => setAsking(false)}
      >
        {isAgain && <p>{t("companies.register.fresh", { date: format.date(fresh) })}</p>}
        <p>
          {t("companies.register.check.text", {
            price: mills(format, price),
            spent: mills(format, access.data.spent_mills),
            ceiling: mills(format, access.data.ceiling_mills),
          })}
        </p>
      </ConfirmDialog>
    </>
  );
}

/** Why nothing can be asked, with the way to what is missing. */
function NoKey() {
  const { t } = useI18n();
  const access = useRegisterAccess();
  const mayConfigure = useMay("configure");
  const isPractice = useWorkspace().workspace.mode === "practice";
  if (isPractice) return <p className={classes.hint}>{t("companies.register.practice")}</p>;
  if (access.data?.has_key !== false) return null;
  return (
    <p className={classes.hint}>
      {t("companies.register.no_key")}{" "}
      {mayConfigure && (
        <PartLink part="settings" id="register">
          {t("companies.register.enter_key")}
        </PartLink>
      )}
    </p>
  );
}

/** How the last check ended, in plain words. */
function Outcome({ reading }: { reading: RegisterReading }) {
  const { t, known } = useI18n();
  if (reading.outcome === "candidates" && reading.refused_at != null)
    return (
      <>
        {t("companies.register.refused")} <When at={reading.refused_at} />
      </>
    );
  const key = known(`companies.register.outcome.${reading.outcome}`);
  const params = { number: reading.kvk_number ?? "", code: reading.outcome_detail ?? "" };
  return (
    <>
      {key === undefined ? reading.outcome : t(key, params)} <When at={reading.asked_at} />
    </>
  );
}

/** What was said: candidates to choose from, another company's profile, or the profile with what contradicts. */
function Said({ id, reading }: { id: string; reading: RegisterReading }) {
  const { t } = useI18n();
  return (
    <div className={classes.said}>
      {reading.outcome === "candidates" && <Candidates id={id} reading={reading} />}
      {reading.outcome === "number_taken" && (
        <p className={classes.hint}>
          <PartLink part="audience" search={{ view: "duplicates" }}>
            {t("companies.register.duplicates")}
          </PartLink>
        </p>
      )}
      {reading.profile != null && <Profile profile={reading.profile} />}
      {reading.outcome === "other_company" && reading.kvk_number != null && (
        <Choose id={id} number={reading.kvk_number} price={0} label={t("companies.register.is_it")} />
      )}
      <Differences id={id} takings={reading.takings} />
    </div>
  );
}

/** The profile as far as the facts of the company do not show it already. */
function Profile({ profile }: { profile: NonNullable<RegisterReading["profile"]> }) {
  const { t, format } = useI18n();
  const others = profile.trade_names.filter((name) => name !== profile.name);
  const mailing = profile.is_non_mailing == null ? null : profile.is_non_mailing ? "yes" : "no";
  const rows: [string, string | null][] = [
    [t("companies.fact.name"), profile.name],
    [t("companies.register.trade_names"), others.join(", ") || null],
    [
      t("companies.register.activities"),
      profile.activities.map((activity) => `${activity.code} ${activity.words}`.trim()).join("; ") || null,
    ],
    [t("companies.fact.street"), profile.address ?? (profile.is_shielded ? t("companies.register.shielded") : null)],
    [t("companies.fact.founded_on"), profile.founded_on == null ? null : format.date(profile.founded_on)],
    [t("companies.register.mailing"), mailing === null ? null : t(`companies.register.mailing.${mailing}`)],
  ];
  return (
    <dl className={classes.facts}>
      {rows
        .filter((row): row is [string, string] => row[1] !== null)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
