import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";

export default function PlannerPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.planner")}>
      <EmptyState icon="planner" title={t("shell.nav.planner")} sentence={t("planner.about")} />
    </Page>
  );
}
