import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { SelectField, SwitchField } from "~/kit/fields";
import { When } from "~/kit/figures";
import { ruleWord } from "~/kit/reason";
import { ErrorState, Skeleton } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";
import classes from "../Section.module.css";
import { type Promotion, promotionsFrom } from "./promotions";

const rules = ["", "R1", "R2", "R3", "R4", "R5", "R6", "manual"] as const;

/** Everybody who became a prospect, by rule, with what was taken back and why: a rule is judged by these. */
export function Promotions() {
  const words = useI18n();
  const { t } = words;
  const [rule, setRule] = useState<(typeof rules)[number]>("");
  const [isUndone, setUndone] = useState(false);
  const found = useInfiniteQuery({
    queryKey: keys.list("lead", { promotions: rule, isUndone }),
    queryFn: ({ pageParam }) => promotionsFrom(pageParam, { rule, isUndone }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={classes.stack} aria-labelledby="promotions">
      <h3 id="promotions">{t("rules.promotions")}</h3>
      <div className={classes.pair}>
        <SelectField
          label={t("rules.promotions.rule")}
          value={rule}
          onChange={setRule}
          options={rules.map((value) => ({
            value,
            label: value === "" ? t("rules.promotions.all") : ruleWord(value, words),
          }))}
        />
        <SwitchField label={t("rules.promotions.undone")} checked={isUndone} onChange={setUndone} />
      </div>
      {found.isPending && <Skeleton shape="cards" rows={3} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && rows.length === 0 && <p className={classes.muted}>{t("rules.promotions.none")}</p>}
      <ul className={classes.rows}>
        {rows.map((row) => (
          <Line key={row.id} row={row} />
        ))}
      </ul>
      {found.hasNextPage && (
        <div className={classes.buttons}>
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {t("rules.promotions.more")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Line({ row }: { row: Promotion }) {
  const { t, known, language } = useI18n();
  const isUndone = row.undone_at != null;
  const name = [row.contact_name, row.company_name].filter(Boolean).join(", ");
  const reasonKey = known(`inbox.undo.${row.undo_reason}`);
  const reason = reasonKey === undefined ? row.undo_reason : t(reasonKey);
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <span>
          {isUndone ? (
            <PartLink part="leads" id={row.lead_id}>
              {name}
            </PartLink>
          ) : (
            <PartLink part="prospects" id={row.prospect_id}>
              {name}
            </PartLink>
          )}
        </span>
        <span className={classes.muted}>{language === "nl" ? row.explanation_nl : row.explanation_en}</span>
        {isUndone && (
          <span>
            <Chip icon="undo" hollow>
              {t("rules.promotions.taken_back")}
            </Chip>{" "}
            {reason}
          </span>
        )}
      </span>
      <When at={row.decided_at} as="date" />
    </li>
  );
}
