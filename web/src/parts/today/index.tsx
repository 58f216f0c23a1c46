import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function TodayPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.today")}>
      <EmptyState
        icon="today"
        title={t("shell.nav.today")}
        sentence={t("today.about")}
        action={
          <Button component={PartLink} part="audience">
            {t("today.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
