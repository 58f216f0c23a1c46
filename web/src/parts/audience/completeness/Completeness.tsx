import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { When } from "~/kit/figures";
import { TextField } from "~/kit/fields";
import { ErrorState, Skeleton } from "~/kit/states";
import shared from "../Audience.module.css";
import { Activities } from "./Activities";
import { Areas } from "./Areas";
import { useCompleteness, useSaid } from "./calls";
import { Load } from "./Load";
import classes from "./Completeness.module.css";

type Answer = components["schemas"]["CompletenessAnswer"];

/** How many companies are known of those that the open data of the register count, by area and by activity. */
export function Completeness() {
  const { t } = useI18n();
  const [typed, setTyped] = useState("");
  const [area, setArea] = useState<string>();
  const activity = useDeferredValue(typed.replace(/\D/g, "").slice(0, 5));
  const wanted = { ...(activity === "" ? {} : { activity }), ...(area === undefined ? {} : { area }) };
  const answer = useCompleteness(wanted);
  if (answer.isPending) return <Skeleton shape="cards" rows={3} />;
  if (answer.error !== null) return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  const { data } = answer;
  return (
    <section className={shared.stack}>
      <p className={shared.muted}>{t("audience.completeness.about")}</p>
      {data.register == null ? (
        <Load />
      ) : (
        <>
          <Total data={data} />
          <div className={classes.narrow}>
            <TextField
              label={t("audience.completeness.activity")}
              hint={t("audience.completeness.activity.hint", { edition: data.register.edition })}
              value={typed}
              onChange={setTyped}
              maxLength={5}
            />
          </div>
          <Areas areas={data.areas} chosen={area} onChoose={setArea} />
          <Activities activities={data.activities} area={area} onChoose={setTyped} />
          <Uncounted data={data} />
          <p className={shared.muted}>{t("audience.completeness.caveats")}</p>
          <details>
            <summary>{t("audience.completeness.newer")}</summary>
            <Load />
          </details>
        </>
      )}
    </section>
  );
}

/** "212 of about 640 (33 %)", and since when it is so. */
function Total({ data }: { data: Answer }) {
  const { t, format } = useI18n();
  const mayCount = useMay("work_audience");
  const client = useQueryClient();
  const count = useMutation({
    mutationFn: () => api.POST("/api/v1/audience/completeness/count"),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all("audience") }),
  });
  const { register, total } = data;
  if (register == null) return null;
  return (
    <div className={classes.total}>
      <p className={`num ${classes.big}`}>{useSaid()(total)}</p>
      {register.is_sample && <p role="note">{t("audience.completeness.sample")}</p>}
      <p className={shared.muted}>
        {t("audience.completeness.register", {
          n: format.number(register.companies_n),
          file: register.file_name,
        })}{" "}
        <When at={register.as_of} as="date" />
        {". "}
        {data.is_counting ? (
          <span role="status">{t("audience.completeness.counting")}</span>
        ) : (
          register.counted_at != null && (
            <>
              {t("audience.completeness.counted")} <When at={register.counted_at} />.
            </>
          )
        )}
      </p>
      {count.error !== null && <ErrorState error={count.error} />}
      {mayCount && !data.is_counting && (
        <div>
          <Button variant="default" size="xs" loading={count.isPending} onClick={() => count.mutate()}>
            {t("audience.completeness.again")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Known companies that stand in no place, so that nobody takes the shares for more than they are. */
function Uncounted({ data }: { data: Answer }) {
  const { t, known, format } = useI18n();
  if (data.uncounted.length === 0) return null;
  return (
    <div>
      <h2 className={shared.heading}>{t("audience.completeness.uncounted")}</h2>
      <ul className={shared.says}>
        {data.uncounted.map(({ why, companies_n }) => {
          const key = known(`audience.completeness.why.${why}`);
          return (
            <li key={why}>
              {key === undefined ? why : t(key)}: <span className="num">{format.number(companies_n)}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
