import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";

export default function SettingsPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.settings")}>
      <EmptyState icon="settings" title={t("shell.nav.settings")} sentence={t("settings.about")} />
    </Page>
  );
}
