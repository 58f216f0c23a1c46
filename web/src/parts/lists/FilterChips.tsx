import { Button, Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import { useAllCampaigns } from "~/parts/campaigns/calls";
import { type Condition, type ListId, fieldsOf, withCondition } from "./conditions";
import { ConditionForm } from "./ConditionForm";
import classes from "./Lists.module.css";

interface FilterChipsProps {
  list: ListId;
  conditions: readonly Condition[];
  onChange: (conditions: Condition[]) => void;
}

/** What a filter says, one chip a condition; a chip is changed by clicking it. */
export function FilterChips({ list, conditions, onChange }: FilterChipsProps) {
  const { t } = useI18n();
  return (
    <div className={classes.chips} role="group" aria-label={t("lists.filter")}>
      {conditions.map((condition, at) => (
        <ConditionChip
          key={`${condition.field}-${at}`}
          list={list}
          condition={condition}
          onChange={(one) => onChange(withCondition(conditions, at, one))}
          onRemove={() => onChange(conditions.filter((_, index) => index !== at))}
        />
      ))}
      <AddCondition list={list} onAdd={(one) => onChange(withCondition(conditions, undefined, one))} />
      {conditions.length > 1 && (
        <button type="button" className={classes.clear} onClick={() => onChange([])}>
          {t("kit.filter.clear")}
        </button>
      )}
    </div>
  );
}

/** What a condition's values are called. */
function useValueWords() {
  const { t, known } = useI18n();
  const imports = useImportNames(false);
  const members = useMemberNames(false);
  const campaigns = useCampaignNames(false);
  return (list: ListId, { field, values }: Condition): string => {
    const kind = fieldsOf(list).find((each) => each.id === field)?.values;
    const word = (value: string) => {
      if (kind?.kind === "yes_no") return t(value === "yes" ? "lists.yes" : "lists.no");
      if (kind?.kind === "import") return imports.find((one) => one.value === value)?.label ?? t("lists.value.import");
      if (kind?.kind === "member") return members.find((one) => one.value === value)?.label ?? t("lists.value.member");
      if (kind?.kind === "campaign")
        return campaigns.find((one) => one.value === value)?.label ?? t("lists.value.campaign");
      const key = kind?.kind === "choice" && kind.words !== "" ? known(`${kind.words}${value}`) : undefined;
      return key === undefined ? value : t(key);
    };
    return values.map(word).join(", ");
  };
}

/** The lists that were brought in, the newest first. */
export function useImportNames(enabled: boolean): { value: string; label: string }[] {
  const imports = useQuery({
    queryKey: keys.list("import", "names"),
    queryFn: () => read(api.GET("/api/v1/imports")),
    enabled,
  });
  return (imports.data?.items ?? []).map((one) => ({ value: one.id, label: one.file_name }));
}

/** The people of the workspace. */
export function useMemberNames(enabled: boolean): { value: string; label: string }[] {
  const members = useQuery({
    queryKey: keys.list("member", "names"),
    queryFn: () => read(api.GET("/api/v1/members")),
    enabled,
  });
  return (members.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
}

/** The campaigns, also those that were put away: people were in them. */
export function useCampaignNames(enabled: boolean): { value: string; label: string }[] {
  const campaigns = useAllCampaigns(enabled);
  return (campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
}

interface ConditionChipProps {
  list: ListId;
  condition: Condition;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionChip({ list, condition, onChange, onRemove }: ConditionChipProps) {
  const { t, known } = useI18n();
  const [opened, setOpened] = useState(false);
  useImportNames(condition.field === "import");
  useMemberNames(condition.field === "owner");
  useCampaignNames(condition.field === "campaign");
  const valueWords = useValueWords();
  const key = known(`lists.field.${condition.field}`);
  const op = known(`lists.op.${condition.op}`);
  const field = key === undefined ? condition.field : t(key);
  const says = `${field} ${op === undefined ? condition.op : t(op)} ${valueWords(list, condition)}`;
  return (
    <span className={classes.chip}>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-start"
        trapFocus
        returnFocus
        withinPortal
        shadow="md"
      >
        <Popover.Target>
          <button type="button" className={classes.chipText} aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {says}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <ConditionForm
            list={list}
            condition={condition}
            onDone={(one) => {
              onChange(one);
              setOpened(false);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={classes.chipClose}
        aria-label={t("lists.condition.remove", { says })}
        onClick={onRemove}
      >
        <Icon name="close" size={14} />
      </button>
    </span>
  );
}

function AddCondition({ list, onAdd }: { list: ListId; onAdd: (condition: Condition) => void }) {
  const { t } = useI18n();
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      trapFocus
      returnFocus
      withinPortal
      shadow="md"
    >
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="filter" size={14} />}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {t("lists.condition.add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ConditionForm
          list={list}
          onDone={(one) => {
            onAdd(one);
            setOpened(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
