import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "~/shell/PartLink";

export default function PipelinePage() {
  const t = useT();
  return (
    <Page title={t("shell.nav.pipeline")}>
      <EmptyState
        icon="opportunity"
        meaning="opportunity"
        title={t("shell.nav.pipeline")}
        sentence={t("pipeline.about")}
        action={
          <Button component={PartLink} part="prospects">
            {t("pipeline.empty.next")}
          </Button>
        }
      />
    </Page>
  );
}
