import { Button } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { ErrorState } from "~/kit/states";
import page from "../Audience.module.css";
import classes from "./Import.module.css";
import type { Tried } from "./useTrial";

/** While every row is looked at; nothing is brought in yet. */
export function Looking({ tried, total, onBack }: { tried: Tried; total: number; onBack: () => void }) {
  const { t } = useI18n();
  return (
    <section className={classes.frame}>
      {tried.error === null ? (
        <>
          <p role="status">
            {t("audience.looking", { n: total })} {t("audience.looking.nothing_yet")}
          </p>
          <progress
            className={page.progress}
            max={Math.max(1, total)}
            value={tried.rows_n}
            aria-label={t("audience.looking.progress")}
          />
        </>
      ) : (
        <ErrorState error={tried.error} onRetry={tried.retry} />
      )}
      <footer className={classes.footer}>
        <Button variant="default" leftSection={<Icon name="left" size={16} />} onClick={onBack}>
          {t("audience.step.back")}
        </Button>
      </footer>
    </section>
  );
}
