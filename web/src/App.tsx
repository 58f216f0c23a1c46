import { useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useState } from "react";
import { type Session, enterWorkspace, startWorkspace, usePresence } from "./api/session";
import { useI18n } from "./i18n";
import { EmptyState, ErrorState, Skeleton } from "./kit/states";
import { usePageLanguage } from "./PageLanguage";
import { Shell } from "./shell/Shell";

const LogIn = lazy(() => import("./account/LogIn"));
const FirstStart = lazy(() => import("./account/FirstStart"));

/** Who is there decides what there is to see: the first-start page, the log-in page, or the shell with a page in it. */
export function App() {
  const presence = usePresence();
  if (presence.isPending) return <Skeleton shape="list" rows={6} />;
  if (presence.data === undefined)
    return (
      <div style={{ padding: 24 }}>
        <ErrorState error={presence.error} onRetry={() => void presence.refetch()} />
      </div>
    );
  return (
    <Suspense fallback={null}>
      {presence.data.kind === "needs_owner" && <FirstStart />}
      {presence.data.kind === "logged_out" && <LogIn />}
      {presence.data.kind === "logged_in" && <Inside session={presence.data.session} />}
    </Suspense>
  );
}

function Inside({ session }: { session: Session }) {
  const { t, setLanguage } = useI18n();
  const client = useQueryClient();
  const { setTimeZone } = usePageLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const [chosen, setChosen] = useState<string | null>(null);
  const [entered, setEntered] = useState<string | null>(null);
  const workspace = session.workspaces.find((each) => each.id === chosen) ?? startWorkspace(session);

  // What the person chose on another computer holds here too.
  useEffect(() => {
    setLanguage(session.user.language);
    setColorScheme(session.user.theme);
  }, [session.user.language, session.user.theme, setLanguage, setColorScheme]);

  // No call may be made before the client knows which workspace it is about.
  const id = workspace?.id;
  const timeZone = workspace?.time_zone;
  useEffect(() => {
    if (id === undefined) return;
    enterWorkspace(client, id);
    setTimeZone(timeZone);
    setEntered(id);
  }, [client, id, timeZone, setTimeZone]);

  if (workspace === undefined)
    return <EmptyState icon="workspace" title={t("shell.no_workspace.title")} sentence={t("shell.no_workspace")} />;
  if (entered !== workspace.id) return null;
  return <Shell key={workspace.id} session={session} workspace={workspace} onWorkspace={setChosen} />;
}
