import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function InboxPage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.inbox")}>
      <EmptyState
        icon="inbox"
        title={t("shell.nav.inbox")}
        sentence={t("inbox.about")}
        action={
          <Button component={PartLink} part="settings">
            {t("inbox.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
