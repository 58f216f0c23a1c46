import { ActionIcon, Button, Checkbox, Popover } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { moved } from "./conditions";
import classes from "./Lists.module.css";

interface ColumnsMenuProps {
  all: readonly { id: string; header: string }[];
  shown: readonly string[];
  onChange: (columns: string[]) => void;
}

/** Which columns are shown, and in which order. */
export function ColumnsMenu({ all, shown, onChange }: ColumnsMenuProps) {
  const { t } = useI18n();
  const hidden = all.filter((column) => !shown.includes(column.id));
  const inOrder = shown.flatMap((id) => all.find((column) => column.id === id) ?? []);
  return (
    <Popover position="bottom-end" trapFocus returnFocus withinPortal shadow="md">
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="rows" size={14} />}>
          {t("lists.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={classes.columns} aria-label={t("lists.columns")}>
          {inOrder.map((column, at) => (
            <li key={column.id}>
              <Checkbox
                size="xs"
                label={column.header}
                checked
                disabled={shown.length === 1}
                onChange={() => onChange(shown.filter((id) => id !== column.id))}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                disabled={at === 0}
                aria-label={t("lists.columns.up", { column: column.header })}
                onClick={() => onChange(moved(shown, column.id, -1))}
              >
                <Icon name="up" size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                disabled={at === inOrder.length - 1}
                aria-label={t("lists.columns.down", { column: column.header })}
                onClick={() => onChange(moved(shown, column.id, 1))}
              >
                <Icon name="down" size={14} />
              </ActionIcon>
            </li>
          ))}
          {hidden.map((column) => (
            <li key={column.id}>
              <Checkbox
                size="xs"
                label={column.header}
                checked={false}
                onChange={() => onChange([...shown, column.id])}
              />
            </li>
          ))}
        </ul>
        <Button variant="subtle" size="xs" onClick={() => onChange([])}>
          {t("lists.columns.usual")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
