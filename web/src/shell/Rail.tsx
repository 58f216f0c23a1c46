import { Menu, Popover, SegmentedControl } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, Suspense, lazy, useState } from "react";
import type { LiveStatus } from "~/api/live";
import { useWorkspace } from "~/api/session";
import { useActions, useAvailableActions } from "~/actions/ActionsProvider";
import { languages, useI18n } from "~/i18n";
import { Kbd, StatusDot, meaningStyle } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import type { WorkCounts } from "./counts";
import { useNewest } from "./notices/calls";
import { NoticeBell } from "./notices/NoticeBell";
import { PartLink } from "./PartLink";
import { type PlaceId, phonePlaces, placeLabel, places, placesOf } from "./places";
import classes from "./Shell.module.css";

const NewWorkspace = lazy(() => import("./NewWorkspace"));

/** The id of the action that makes a workspace; whoever shows it as a button runs it. */
export const newWorkspaceAction = "workspace.new";

interface RailProps {
  counts: WorkCounts;
  live: LiveStatus;
  onNotices: () => void;
}

/** The left rail: workspace, bell, palette, pages with the work that waits, account. */
export function Rail({ counts, live, onNotices }: RailProps) {
  const { t } = useI18n();
  const { workspace } = useWorkspace();
  const { context } = useAvailableActions();
  return (
    <nav className={classes.rail} aria-label={t("shell.nav")}>
      <div className={classes.top}>
        <WorkspaceSwitch />
        <NoticeBell onOpen={onNotices} />
      </div>
      <button type="button" className={classes.search} onClick={context.openPalette}>
        <Icon name="search" size={16} />
        <span>{t("shell.search")}</span>
        <span>
          <Kbd shortcut="mod+k" />
        </span>
      </button>
      <ul className={classes.links}>
        {placesOf(workspace.mode).map((place) => (
          <li
            key={place.id}
            className={
              place.id === "campaigns" || place.id === "funnel" || place.id === "settings" ? classes.gap : undefined
            }
          >
            <RailLink id={place.id} count={counts[place.id]} />
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <AccountMenu live={live} />
      </div>
    </nav>
  );
}

/** Pages with an address of their own that belong to a part of the rail. */
const within: Partial<Record<PlaceId, RegExp>> = { audience: /^\/(companies|people)(\/|$)/ };

export function isWithin(path: string, id: PlaceId): boolean {
  return within[id]?.test(path) === true;
}

function RailLink({ id, count }: { id: PlaceId; count: number | undefined }) {
  const { t } = useI18n();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const place = places.find((candidate) => candidate.id === id);
  if (place === undefined) return null;
  return (
    <PartLink
      part={place.id}
      className={classes.link}
      style={meaningStyle("meaning" in place ? place.meaning : undefined)}
      aria-current={isWithin(path, id) ? "true" : undefined}
      title={t(placeLabel(id))}
    >
      <Icon name={place.icon} />
      <span className={classes.linkWord}>{t(placeLabel(id))}</span>
      <Waiting count={count} />
    </PartLink>
  );
}

function Waiting({ count }: { count: number | undefined }) {
  const { t } = useI18n();
  if (count === undefined || count === 0) return null;
  return (
    <span className={`num ${classes.count}`}>
      <span aria-hidden>{count > 99 ? "99+" : count}</span>
      <span className="hidden-text">{t("shell.waiting", { n: count })}</span>
    </span>
  );
}

function WorkspaceSwitch() {
  const { t } = useI18n();
  const { session, workspace, choose } = useWorkspace();
  const [isMaking, setMaking] = useState(false);
  const mayMake = session.workspaces.some((each) => each.role === "owner");
  useActions(
    mayMake
      ? [
          {
            id: newWorkspaceAction,
            label: "shell.workspace.new",
            section: "do",
            icon: "workspace",
            perform: () => setMaking(true),
          },
        ]
      : [],
  );
  return (
    <>
      <Menu position="bottom-start" width={260} withinPortal>
        <Menu.Target>
          <button
            type="button"
            className={classes.workspace}
            aria-label={`${t("shell.workspace.switch")}: ${workspace.name}`}
          >
            <img src="/favicon.svg" alt="" className={classes.mark} />
            <span className={classes.workspaceName}>{workspace.name}</span>
            <Icon name="down" size={16} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("shell.workspace")}</Menu.Label>
          {session.workspaces.map((each) => (
            <Menu.Item
              key={each.id}
              onClick={() => choose(each.id)}
              leftSection={<Icon name={each.mode === "practice" ? "practice" : "workspace"} size={16} />}
              rightSection={each.id === workspace.id ? <Icon name="check" size={16} /> : t(`shell.role.${each.role}`)}
            >
              {each.name}
            </Menu.Item>
          ))}
          {mayMake && (
            <Menu.Item leftSection={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>
              {t("shell.workspace.new")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense>{isMaking && <NewWorkspace opened onClose={() => setMaking(false)} />}</Suspense>
    </>
  );
}

/** A dialog rather than a menu: it holds switches, and those are not menu items. */
function AccountMenu({ live }: { live: LiveStatus }) {
  const { t } = useI18n();
  const { session } = useWorkspace();
  const { context } = useAvailableActions();
  const [opened, setOpened] = useState(false);
  const label = `${t("shell.account")}: ${session.user.name}`;
  const meaning = live === "live" ? "customer" : live === "lost" ? "danger" : undefined;
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={280} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={classes.account}
          aria-label={label}
          onClick={() => setOpened((before) => !before)}
        >
          <span className={classes.initials} aria-hidden>
            {initials(session.user.name)}
          </span>
          <span className={`${classes.workspaceName} ${classes.accountName}`}>{session.user.name}</span>
          <StatusDot meaning={meaning} hollow={live === "connecting"} label={t(`shell.live.${live}`)} hideLabel />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} p={4}>
        <div className={classes.menuRow}>{session.user.email}</div>
        <Preferences />
        <button
          type="button"
          className={classes.menuButton}
          onClick={() => (setOpened(false), context.openShortcuts())}
        >
          <Icon name="keyboard" size={18} />
          {t("actions.shortcuts")}
          <span className={classes.menuKey}>
            <Kbd shortcut="?" />
          </span>
        </button>
        <button type="button" className={classes.menuButton} onClick={context.logOut}>
          <Icon name="logout" size={18} />
          {t("shell.log_out")}
        </button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Language, colours and density: here in the menu, and on a phone behind "More". */
export function Preferences() {
  const { t } = useI18n();
  const { context } = useAvailableActions();
  return (
    <>
      <Preference label={t("shell.language")}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t("shell.language")}
          value={context.language}
          onChange={(value) => context.setLanguage(value === "nl" ? "nl" : "en")}
          data={languages.map((value) => ({ value, label: t(`shell.language.${value}`) }))}
        />
      </Preference>
      <Preference label={t("shell.scheme")}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t("shell.scheme")}
          value={context.scheme}
          onChange={(value) => context.setScheme(value === "light" || value === "dark" ? value : "auto")}
          data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: t(`shell.scheme.${value}`) }))}
        />
      </Preference>
      <Preference label={t("shell.density")}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t("shell.density")}
          value={context.density}
          onChange={(value) => context.setDensity(value === "compact" ? "compact" : "normal")}
          data={(["normal", "compact"] as const).map((value) => ({ value, label: t(`shell.density.${value}`) }))}
        />
      </Preference>
    </>
  );
}

function Preference({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.menuRow}>
      <div className={classes.menuLabel}>{label}</div>
      {children}
    </div>
  );
}

/** A phone's bar: four pages and "More". */
export function BottomBar({ counts, onMore }: { counts: WorkCounts; onMore: () => void }) {
  const { t } = useI18n();
  const unread = useNewest().data?.n_unread;
  return (
    <nav className={classes.bottom} aria-label={t("shell.nav")}>
      {places
        .filter((place) => phonePlaces.includes(place.id))
        .map((place) => (
          <PartLink key={place.id} part={place.id} className={classes.tab}>
            <Icon name={place.icon} size={22} />
            {t(placeLabel(place.id))}
            <Waiting count={counts[place.id]} />
          </PartLink>
        ))}
      <button type="button" className={classes.tab} onClick={onMore}>
        <Icon name="menu" size={22} />
        {t("shell.more")}
        <Waiting count={unread} />
      </button>
    </nav>
  );
}

/** The first letters of the first and the last word of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.[0] ?? "";
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}
