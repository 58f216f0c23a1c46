import { Suspense, useEffect, useRef } from "react";
import { useWorkspace } from "~/api/session";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState, Skeleton } from "~/kit/states";
import { useAddress } from "~/shell/address";
import { PartLink } from "~/shell/PartLink";
import { sections } from "./sections";
import classes from "./Settings.module.css";

/** The settings, one section at a time. */
export default function SettingsPage() {
  const t = useT();
  const { id } = useAddress();
  const { permissions } = useWorkspace().workspace;
  const shown = sections.filter(({ permission }) => permission === undefined || permissions.includes(permission));
  // A link to what this role may not see says so, instead of opening another section.
  const refused = sections.find((section) => section.id === id && !shown.includes(section));
  const open = refused === undefined ? (shown.find((section) => section.id === id) ?? shown[0]) : undefined;
  const list = useRef<HTMLUListElement>(null);
  // On a phone the sections are one row that scrolls: the open one is in sight.
  useEffect(() => {
    list.current?.querySelector("[data-open]")?.scrollIntoView?.({ block: "nearest", inline: "center" });
  }, [open?.id]);
  return (
    <Page title={t("shell.nav.settings")} about={t("settings.about")}>
      <div className={classes.frame}>
        <nav aria-label={t("shell.nav.settings")}>
          <ul ref={list} className={classes.sections}>
            {shown.map((section) => (
              <li key={section.id}>
                <PartLink
                  part="settings"
                  id={section.id}
                  className={classes.link}
                  data-open={section === open || undefined}
                  aria-current={section === open ? "page" : undefined}
                >
                  {t(section.label)}
                </PartLink>
              </li>
            ))}
          </ul>
        </nav>
        {refused !== undefined ? (
          <section aria-labelledby="settings-section" className={classes.body}>
            <h2 id="settings-section">{t(refused.label)}</h2>
            <EmptyState compact icon="workspace" title={t("settings.refused")} sentence={t("problem.forbidden")} />
          </section>
        ) : (
          open !== undefined && (
            <section aria-labelledby="settings-section" className={classes.body}>
              <h2 id="settings-section">{t(open.label)}</h2>
              <Suspense fallback={<Skeleton shape="cards" rows={3} />}>
                <open.Component />
              </Suspense>
            </section>
          )
        )}
      </div>
    </Page>
  );
}
