import type { ReactNode } from "react";
import { languages, useI18n } from "~/i18n";
import { StageGlyph } from "~/kit/icons";
import { stages } from "~/theme/theme";
import classes from "./Account.module.css";

/** What the log-in and the first-start page share: the brand, the one drawing, and the choice of language. */
export function AccountFrame({ children }: { children: ReactNode }) {
  const { t, language, setLanguage } = useI18n();
  return (
    <div className={classes.frame}>
      <header className={classes.side}>
        <p className={classes.brand}>
          <img src="/favicon.svg" alt="" width={40} height={40} />
          Kiem
        </p>
        <p className={classes.tagline}>{t("account.tagline")}</p>
        <Growth />
      </header>
      <main className={classes.form}>
        <div className={classes.inner}>
          {children}
          <div className={classes.languages} role="group" aria-label={t("shell.language")}>
            {languages.map((each) => (
              <button
                key={each}
                type="button"
                lang={each}
                className={classes.language}
                aria-pressed={each === language}
                onClick={() => setLanguage(each)}
              >
                {t(`shell.language.${each}`)}
              </button>
            ))}
          </div>
        </div>
      </main>
    </div>
  );
}

/** The four stages, growing. Decoration beside the words, so hidden from screen readers. */
function Growth() {
  return (
    <svg viewBox="0 0 420 160" className={classes.drawing} aria-hidden>
      <path d="M0 140h420" stroke="var(--line-strong)" strokeWidth={1.5} />
      {stages.map((stage, index) => {
        const size = 1.4 + index * 0.9;
        return (
          <g
            key={stage}
            color={`var(--${stage})`}
            transform={`translate(${20 + index * 95 - index * 2} ${140 - 21 * size}) scale(${size})`}
          >
            <StageGlyph stage={stage} />
          </g>
        );
      })}
    </svg>
  );
}
