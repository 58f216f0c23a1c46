import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { ErrorState, Skeleton } from "~/kit/states";
import type { Likeness } from "./draft";
import { useFitWords } from "./words";
import classes from "./Profile.module.css";

/** What customers who were won have more often than the rest. Without enough of them it says so, and nothing more. */
export function Lookalike({ onUse }: { onUse: ((one: Likeness) => void) | undefined }) {
  const { t, format } = useI18n();
  const words = useFitWords();
  const found = useQuery({
    queryKey: keys.list("audience", "lookalike"),
    queryFn: () => read(api.GET("/api/v1/ideal-profile/lookalike")),
  });
  const thin = (features: readonly { feature: string }[]) =>
    features.map(({ feature }) => words.word(`audience.feature.${feature}`, feature).toLowerCase()).join(", ");
  return (
    <section className={classes.card} aria-label={t("audience.lookalike")}>
      <div className={classes.cardHead}>
        <h2>{t("audience.lookalike")}</h2>
      </div>
      {found.isPending && <Skeleton shape="cards" rows={2} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && found.data.won_n < found.data.won_min && (
        <p className={classes.small}>
          {t("audience.lookalike.too_few", { n: found.data.won_n, min: found.data.won_min })}
        </p>
      )}
      {found.isSuccess && found.data.won_n >= found.data.won_min && (
        <>
          <p className={classes.small}>
            {t("audience.lookalike.about", {
              won: format.number(found.data.won_n),
              rest: format.number(found.data.rest_n),
            })}
          </p>
          {found.data.stands_out.length === 0 && <p className={classes.small}>{t("audience.lookalike.nothing")}</p>}
          <ul className={classes.likenesses}>
            {found.data.stands_out.map((one) => (
              <Line key={`${one.feature} ${one.value}`} one={one} onUse={onUse} />
            ))}
          </ul>
          {found.data.too_thin.length > 0 && (
            <p className={classes.small}>
              {t("audience.lookalike.thin", { features: thin(found.data.too_thin), min: found.data.won_min })}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Line({ one, onUse }: { one: Likeness; onUse: ((one: Likeness) => void) | undefined }) {
  const { t, format } = useI18n();
  const words = useFitWords();
  const value = () => {
    if (one.feature === "size") return t("audience.lookalike.people", { n: one.value.replace("-", "–") });
    if (one.feature === "province") return words.word(`audience.province.${one.value}`, one.value);
    if (one.feature === "legal_form") return words.word(`audience.legal_form.${one.value}`, one.value);
    const [version = "", division = ""] = one.value.split(":");
    return `SBI ${version}: ${division}`;
  };
  const numbers = {
    won: one.won_n,
    of: one.won_known_n,
    rest: format.number(one.rest_n),
    all: format.number(one.rest_known_n),
  };
  return (
    <li>
      <span>
        <strong>{value()}</strong>: {t("audience.lookalike.lift", { lift: format.number(one.lift, 1) })}
        <span className={classes.small}>
          {" "}
          {t("audience.lookalike.least", { least: format.number(one.lift_min, 1) })}{" "}
          {t("audience.lookalike.numbers", numbers)}
        </span>
      </span>
      {onUse !== undefined && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("audience.lookalike.use_value", { value: value() })}
          onClick={() => onUse(one)}
        >
          {t("audience.lookalike.use")}
        </Button>
      )}
    </li>
  );
}
