import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function CampaignsPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.campaigns")}>
      <EmptyState
        icon="campaigns"
        title={t("shell.nav.campaigns")}
        sentence={t("campaigns.about")}
        action={
          <Button component={PartLink} part="audience">
            {t("campaigns.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
