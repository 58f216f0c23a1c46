import { Button } from "@mantine/core";
import { useI18n } from "~/i18n";

interface ChosenProps {
  /** How many are selected, in words. */
  said: string;
  n: number;
  /** More are not selected at once. */
  most: number;
  /** How many match, and whether there may be more than that. */
  total: number;
  isCapped: boolean;
  /** Whether all that match are being gathered. */
  isBusy: boolean;
  onAll: () => void;
}

/** How many are selected, whether more match than can be selected at once, and the way to select what matches. */
export function Chosen({ said, n, most, total, isCapped, isBusy, onAll }: ChosenProps) {
  const { t } = useI18n();
  const areMore = isCapped || total > most;
  return (
    <>
      <span className="num" role="status">
        {isBusy ? t("leads.batch.busy") : areMore && n >= most ? t("leads.batch.count_first", { n }) : said}
      </span>
      {(isCapped ? n < most : n < Math.min(total, most)) && (
        <Button variant="subtle" size="xs" loading={isBusy} onClick={onAll}>
          {areMore ? t("leads.batch.select_first", { n: most }) : t("leads.batch.select_all", { n: total })}
        </Button>
      )}
    </>
  );
}
