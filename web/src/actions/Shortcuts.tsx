import { Modal } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Kbd } from "~/kit/chips";
import { useAvailableActions } from "./ActionsProvider";
import type { ActionSection } from "./registry";
import classes from "./Shortcuts.module.css";

const sections: readonly ActionSection[] = ["do", "list", "go", "view"];

/** All keys that work here and now, from the same list that makes them work. */
export default function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useI18n();
  const { actions } = useAvailableActions();
  const withKeys = actions.filter((action) => action.shortcut !== undefined);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("actions.shortcuts")}
      size="lg"
      closeButtonProps={{ "aria-label": t("kit.close") }}
    >
      <div className={classes.groups}>
        {sections.map((section) => {
          const here = withKeys.filter((action) => action.section === section);
          if (here.length === 0) return null;
          return (
            <section key={section}>
              <h3 className={classes.title}>{t(`actions.section.${section}`)}</h3>
              <dl className={classes.list}>
                {here.map((action) => (
                  <div key={action.id} className={classes.line}>
                    <dt>{t(action.label, action.vars)}</dt>
                    <dd>{action.shortcut !== undefined && <Kbd shortcut={action.shortcut} />}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Modal>
  );
}
