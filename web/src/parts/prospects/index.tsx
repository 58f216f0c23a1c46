import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function ProspectsPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.prospects")}>
      <EmptyState
        icon="prospect"
        meaning="prospect"
        title={t("shell.nav.prospects")}
        sentence={t("prospects.about")}
        action={
          <Button component={PartLink} part="campaigns">
            {t("prospects.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
