import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function PracticePage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.practice")}>
      <EmptyState
        icon="practice"
        title={t("shell.nav.practice")}
        sentence={t("practice.about")}
        action={
          <Button component={PartLink} part="campaigns">
            {t("practice.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
