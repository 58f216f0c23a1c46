import { useMantineColorScheme } from "@mantine/core";
import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useEffect, useMemo, useState } from "react";
import { ActionsProvider } from "~/actions/ActionsProvider";
import type { ActionContext, Scheme } from "~/actions/registry";
import { useTypedAhead } from "~/actions/typedAhead";
import { useLive } from "~/api/live";
import { type Session, WorkspaceContext, type WorkspaceSummary, useChangeMe, useLogOut, useMay } from "~/api/session";
import { type Language, useI18n } from "~/i18n";
import { setDensity, useDensity } from "~/kit/density";
import { Icon } from "~/kit/icons";
import { notifyProblem } from "~/kit/notify";
import { Boundary, ErrorState, Skeleton } from "~/kit/states";
import { shellActions } from "./actions";
import { useWorkCounts } from "./counts";
import { PartLink } from "./PartLink";
import { BottomBar, Rail } from "./Rail";
import { useNews } from "./notices/calls";
import { useNoticeToasts } from "./notices/NoticeBell";
import classes from "./Shell.module.css";

const loadPalette = () => import("~/actions/Palette");
const Palette = lazy(loadPalette);
const Shortcuts = lazy(() => import("~/actions/Shortcuts"));
const MoreDrawer = lazy(() => import("./MoreDrawer"));
const NoticeDrawer = lazy(() => import("./notices/NoticeDrawer"));

interface ShellProps {
  session: Session;
  workspace: WorkspaceSummary;
  onWorkspace: (id: string) => void;
}

/** Everything around a page for somebody who is logged in. */
export function Shell({ session, workspace, onWorkspace }: ShellProps) {
  const router = useRouter();
  const choose = useCallback(
    (id: string) => {
      // What is open here does not exist there; the part does, except the practice inbox.
      const part = router.state.location.pathname.split("/")[1];
      void router.navigate({ href: part === "practice" ? "/today" : `/${part}` });
      onWorkspace(id);
    },
    [router, onWorkspace],
  );
  const current = useMemo(() => ({ session, workspace, choose }), [session, workspace, choose]);
  const closePalette = useCallback(() => setPaletteOpened(false), []);
  const [shortcutsOpened, setShortcutsOpened] = useState(false);
  const [moreOpened, setMoreOpened] = useState(false);
  const [paletteOpened, setPaletteOpened] = useState(false);
  const [noticesOpened, setNoticesOpened] = useState(false);
  usePaletteAhead();
  const typed = useTypedAhead(paletteOpened);
  const openNotices = useCallback(() => setNoticesOpened(true), []);
  const context = useActionContext(current, {
    openPalette: () => setPaletteOpened(true),
    openShortcuts: () => setShortcutsOpened(true),
  });
  const base = useMemo(() => shellActions(session.workspaces), [session.workspaces]);

  return (
    <WorkspaceContext value={current}>
      <ActionsProvider context={context} base={base}>
        <Frame key={workspace.id} workspace={workspace} onMore={() => setMoreOpened(true)} onNotices={openNotices} />
        <Suspense>
          {paletteOpened && <Palette opened typed={typed} onClose={closePalette} />}
          {shortcutsOpened && <Shortcuts opened onClose={() => setShortcutsOpened(false)} />}
          {moreOpened && <MoreDrawer opened onClose={() => setMoreOpened(false)} onNotices={openNotices} />}
          {noticesOpened && <NoticeDrawer opened onClose={() => setNoticesOpened(false)} />}
        </Suspense>
      </ActionsProvider>
    </WorkspaceContext>
  );
}

/** The palette is here before it is asked for: whoever opens it types at once. */
function usePaletteAhead(): void {
  useEffect(() => {
    // When it cannot be loaded now, opening it tries again.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), 1000);
    return () => clearTimeout(timer);
  }, []);
}

interface FrameProps {
  workspace: WorkspaceSummary;
  onMore: () => void;
  onNotices: () => void;
}

function Frame({ workspace, onMore, onNotices }: FrameProps) {
  const { t } = useI18n();
  const live = useLive(workspace.id, useNews());
  useNoticeToasts(onNotices);
  const counts = useWorkCounts();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        {t("shell.skip")}
      </a>
      <div className={classes.bars}>
        {workspace.mode === "practice" && <PracticeBar />}
        {workspace.sending_paused_reason !== null && <HeldBar />}
      </div>
      <Rail counts={counts} live={live} onNotices={onNotices} />
      <main id="main" className={classes.main} tabIndex={-1}>
        <Boundary resetOn={path} fallback={(error, retry) => <ErrorState error={error} onRetry={retry} />}>
          <Suspense fallback={<Skeleton shape="list" />}>
            <Outlet />
          </Suspense>
        </Boundary>
      </main>
      <BottomBar counts={counts} onMore={onMore} />
    </div>
  );
}

function PracticeBar() {
  const { t } = useI18n();
  return (
    <aside className={classes.practice} aria-label={t("shell.practice")}>
      <Icon name="practice" />
      <strong>{t("shell.practice")}</strong>
      <span className={classes.practiceAbout}>{t("shell.practice.about")}</span>
      <PartLink part="practice">{t("shell.practice.open")}</PartLink>
    </aside>
  );
}

/** After a restore nothing is sent until somebody looked: said on every page, or nobody would find out. */
function HeldBar() {
  const { t } = useI18n();
  const mayRelease = useMay("manage_workspace");
  return (
    <aside className={classes.held} aria-label={t("shell.held")}>
      <Icon name="pause" />
      <strong>{t("shell.held")}</strong>
      <span className={classes.practiceAbout}>{t(mayRelease ? "shell.held.about" : "shell.held.owner")}</span>
      {mayRelease && (
        <PartLink part="settings" id="workspace">
          {t("shell.held.open")}
        </PartLink>
      )}
    </aside>
  );
}

type Openers = Pick<ActionContext, "openPalette" | "openShortcuts">;

function useActionContext(
  { session, workspace, choose }: { session: Session; workspace: WorkspaceSummary; choose: (id: string) => void },
  openers: Openers,
): ActionContext {
  const i18n = useI18n();
  const router = useRouter();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density } = useDensity();
  const changeMe = useChangeMe();
  const logOut = useLogOut();
  const tell = { onError: (error: unknown) => notifyProblem(error, i18n) };
  return {
    path,
    workspace,
    workspaces: session.workspaces,
    language: i18n.language,
    scheme: colorScheme,
    density,
    go: (to) => void router.navigate({ href: to }),
    chooseWorkspace: choose,
    setLanguage: (language: Language) => {
      i18n.setLanguage(language);
      changeMe.mutate({ language }, tell);
    },
    setScheme: (scheme: Scheme) => {
      setColorScheme(scheme);
      changeMe.mutate({ theme: scheme }, tell);
    },
    setDensity,
    ...openers,
    logOut: () => logOut.mutate(undefined, tell),
  };
}
