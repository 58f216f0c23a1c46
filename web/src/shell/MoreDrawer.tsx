import { Drawer } from "@mantine/core";
import { useWorkspace } from "~/api/session";
import { useAvailableActions } from "~/actions/ActionsProvider";
import { useI18n } from "~/i18n";
import { meaningStyle } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { useNewest } from "./notices/calls";
import { PartLink } from "./PartLink";
import { phonePlaces, placeLabel, placesOf } from "./places";
import { Preferences, newWorkspaceAction } from "./Rail";
import classes from "./Shell.module.css";

interface MoreDrawerProps {
  opened: boolean;
  onClose: () => void;
  onNotices: () => void;
}

/** What a phone's bar has no room for: the other pages, the workspaces, the preferences. */
export default function MoreDrawer({ opened, onClose, onNotices }: MoreDrawerProps) {
  const { t } = useI18n();
  const unread = useNewest().data?.n_unread ?? 0;
  const { session, workspace, choose } = useWorkspace();
  const { actions, context, run } = useAvailableActions();
  const making = actions.find((action) => action.id === newWorkspaceAction);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="bottom"
      size="85%"
      title={workspace.name}
      closeButtonProps={{ "aria-label": t("kit.close") }}
    >
      <ul className={classes.links}>
        <li>
          <button type="button" className={classes.drawerLink} onClick={() => (onClose(), onNotices())}>
            <Icon name="bell" />
            {unread === 0 ? t("notices.title") : t("notices.unread", { n: unread })}
          </button>
        </li>
        {placesOf(workspace.mode)
          .filter((place) => !phonePlaces.includes(place.id))
          .map((place) => (
            <li key={place.id}>
              <PartLink
                part={place.id}
                onClick={onClose}
                className={classes.drawerLink}
                style={meaningStyle("meaning" in place ? place.meaning : undefined)}
              >
                <Icon name={place.icon} />
                {t(placeLabel(place.id))}
              </PartLink>
            </li>
          ))}
        <li>
          <button type="button" className={classes.drawerLink} onClick={() => (onClose(), context.openPalette())}>
            <Icon name="search" />
            {t("shell.search")}
          </button>
        </li>
        {session.workspaces
          .filter((each) => each.id !== workspace.id)
          .map((each) => (
            <li key={each.id}>
              <button type="button" className={classes.drawerLink} onClick={() => (onClose(), choose(each.id))}>
                <Icon name="workspace" />
                {t("actions.workspace", { name: each.name })}
              </button>
            </li>
          ))}
        {making !== undefined && (
          <li>
            <button type="button" className={classes.drawerLink} onClick={() => (onClose(), run(making))}>
              <Icon name="plus" />
              {t(making.label)}
            </button>
          </li>
        )}
      </ul>
      <Preferences />
      <button type="button" className={classes.drawerLink} onClick={context.logOut}>
        <Icon name="logout" />
        {t("shell.log_out")}
      </button>
    </Drawer>
  );
}
