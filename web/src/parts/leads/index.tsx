import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function LeadsPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.leads")}>
      <EmptyState
        icon="lead"
        meaning="lead"
        title={t("shell.nav.leads")}
        sentence={t("leads.about")}
        action={
          <Button component={PartLink} part="audience">
            {t("leads.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
