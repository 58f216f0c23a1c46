import { Button, Group, Menu, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ApiProblem } from "~/api/problem";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { SwitchField, TextField } from "~/kit/fields";
import { Icon } from "~/kit/icons";
import { notifyProblem } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { type ListView, type ViewDefinition, useChangeView } from "./calls";
import type { ListId } from "./conditions";

interface ViewsMenuProps {
  list: ListId;
  views: readonly ListView[];
  /** The view that is open, when one is. */
  current: ListView | undefined;
  /** What is shown now. */
  shown: ViewDefinition;
  onOpen: (view: ListView | undefined) => void;
  onKept: (id: string | undefined) => void;
}

/** The saved views of a list: opening, keeping, changing and removing them. */
export function ViewsMenu({ list, views, current, shown, onOpen, onKept }: ViewsMenuProps) {
  const words = useI18n();
  const { t } = words;
  const [naming, setNaming] = useState<"add" | "change" | null>(null);
  const change = useChangeView(list);
  const act = (wanted: Parameters<typeof change.mutate>[0]) =>
    change.mutate(wanted, { onSuccess: onKept, onError: (error) => notifyProblem(error, words) });
  const group = (label: string, some: readonly ListView[]) =>
    some.length > 0 && (
      <>
        <Menu.Label>{label}</Menu.Label>
        {some.map((view) => (
          <Menu.Item
            key={view.id}
            onClick={() => onOpen(view)}
            rightSection={view.id === current?.id && <Icon name="check" size={14} />}
          >
            {view.name || t("lists.view.nameless")}
          </Menu.Item>
        ))}
      </>
    );
  return (
    <>
      <Menu position="bottom-start" shadow="md" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" rightSection={<Icon name="down" size={14} />}>
            {current === undefined ? t("lists.views") : current.name || t("lists.view.nameless")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onOpen(undefined)}>{t("lists.view.all")}</Menu.Item>
          {group(
            t("lists.views.own"),
            views.filter((view) => !view.is_shared),
          )}
          {group(
            t("lists.views.shared"),
            views.filter((view) => view.is_shared),
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="plus" size={14} />} onClick={() => setNaming("add")}>
            {t("lists.view.keep")}
          </Menu.Item>
          {current?.may_change === true && (
            <>
              <Menu.Item
                leftSection={<Icon name="check" size={14} />}
                onClick={() => act({ kind: "change", ...current, definition: shown })}
              >
                {t("lists.view.replace")}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="edit" size={14} />} onClick={() => setNaming("change")}>
                {t("lists.view.rename")}
              </Menu.Item>
              <Menu.Item
                leftSection={<Icon name="trash" size={14} />}
                color="danger"
                onClick={() => act({ kind: "remove", id: current.id })}
              >
                {t("lists.view.remove")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={naming !== null}
        onClose={() => setNaming(null)}
        title={t(naming === "change" ? "lists.view.rename" : "lists.view.keep")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
      >
        {naming !== null && (
          <NameForm
            list={list}
            view={naming === "change" ? current : undefined}
            shown={shown}
            onDone={(id) => {
              setNaming(null);
              onKept(id);
            }}
          />
        )}
      </Modal>
    </>
  );
}

interface NameFormProps {
  list: ListId;
  view: ListView | undefined;
  shown: ViewDefinition;
  onDone: (id: string | undefined) => void;
}

function NameForm({ list, view, shown, onDone }: NameFormProps) {
  const { t } = useI18n();
  const [name, setName] = useState(view?.name ?? "");
  const [isShared, setShared] = useState(view?.is_shared ?? false);
  const mayShare = useMay("work_audience");
  const change = useChangeView(list);
  const problem = change.error instanceof ApiProblem ? change.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const kept = { name: name.trim(), is_shared: isShared };
    const wanted =
      view === undefined
        ? ({ kind: "add", ...kept, definition: shown } as const)
        : ({ kind: "change", id: view.id, ...kept, definition: view.definition } as const);
    if (kept.name !== "" && !change.isPending) change.mutate(wanted, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextField
          label={t("lists.view.name")}
          name="name"
          value={name}
          onChange={setName}
          problem={problem}
          maxLength={60}
          required
          autoFocus
        />
        {mayShare && (
          <SwitchField
            label={t("lists.view.share")}
            hint={t("lists.view.share.hint")}
            name="is_shared"
            checked={isShared}
            onChange={setShared}
          />
        )}
        {change.error !== null && problem === null && <ErrorState error={change.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {t("lists.view.keep.do")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
