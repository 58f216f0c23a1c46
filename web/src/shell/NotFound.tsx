import { Button } from "@mantine/core";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState } from "~/kit/states";
import { PartLink } from "./PartLink";

export function NotFound() {
  const t = useT();
  return (
    <Page title={t("shell.not_found.title")}>
      <EmptyState
        icon="search"
        title={t("shell.not_found.title")}
        sentence={t("shell.not_found")}
        action={
          <Button component={PartLink} part="today">
            {t("shell.not_found.go")}
          </Button>
        }
      />
    </Page>
  );
}
