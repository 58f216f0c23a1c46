import { Button } from "@mantine/core";
import { isGone } from "~/api/problem";
import { useT } from "~/i18n";
import { Page } from "~/kit/Page";
import { EmptyState, ErrorState } from "~/kit/states";
import { PartLink } from "./PartLink";
import { type PlaceId, placeLabel } from "./places";

interface RecordErrorProps {
  error: unknown;
  onRetry: () => void;
  /** The list that it was opened from. */
  part: PlaceId;
  /** It stands beside its list instead of on a page of its own. */
  isPanel?: boolean;
}

/** Why a record is not shown: it is not there, with the way back to its list; or it could not be had now. */
export function RecordError({ error, onRetry, part, isPanel = false }: RecordErrorProps) {
  const t = useT();
  const isNotThere = isGone(error);
  const said = isNotThere ? (
    <EmptyState
      compact={isPanel}
      icon="search"
      title={t("shell.no_record.title")}
      sentence={t("shell.no_record")}
      action={
        <Button component={PartLink} part={part}>
          {t("shell.no_record.go", { list: t(placeLabel(part)) })}
        </Button>
      }
    />
  ) : (
    <ErrorState error={error} onRetry={onRetry} />
  );
  if (isPanel) return said;
  return <Page title={isNotThere ? t("shell.no_record.title") : t(placeLabel(part))}>{said}</Page>;
}
