import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";

export default function AudiencePage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.audience")}>
      <EmptyState icon="audience" title={t("shell.nav.audience")} sentence={t("audience.about")} />
    </Page>
  );
}
