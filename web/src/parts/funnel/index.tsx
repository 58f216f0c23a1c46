import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function FunnelPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.funnel")}>
      <EmptyState
        icon="funnel"
        title={t("shell.nav.funnel")}
        sentence={t("funnel.about")}
        action={
          <Button component={PartLink} part="campaigns">
            {t("funnel.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
