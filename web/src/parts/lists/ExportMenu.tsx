import { Button, Menu } from "@mantine/core";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { type Asked, useExport } from "./calls";
import type { ListId } from "./conditions";

/** Rows of one file that were chosen one by one. */
const chosenMax = 5_000;

interface ExportMenuProps {
  list: ListId;
  asked: Asked;
  columns: readonly string[];
  /** Only these rows; without them all that match. */
  chosen?: ReadonlySet<string>;
}

/** Writes the list, or what was chosen in it, to a file of either kind. */
export function ExportMenu({ list, asked, columns, chosen }: ExportMenuProps) {
  const { t } = useI18n();
  const file = useExport(list);
  const mayExport = useMay("work_audience");
  if (!mayExport) return null;
  const isTooMany = chosen !== undefined && chosen.size > chosenMax;
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={file.isPending}
          disabled={isTooMany}
          leftSection={<Icon name="download" size={14} />}
        >
          {isTooMany
            ? t("lists.export.max", { n: chosenMax })
            : t(chosen === undefined ? "lists.export" : "lists.export.chosen")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["csv", "xlsx"] as const).map((format) => (
          <Menu.Item
            key={format}
            onClick={() =>
              file.mutate({
                ...asked,
                format,
                columns: [...columns],
                ...(chosen === undefined ? {} : { ids: [...chosen] }),
              })
            }
          >
            {t(`lists.export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
