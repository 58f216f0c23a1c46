import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { When } from "~/kit/figures";
import { Icon } from "~/kit/icons";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { Secret } from "../Secret";
import classes from "../Section.module.css";
import { Deliveries } from "./Deliveries";
import type { Webhook } from "./events";
import { WebhookForm } from "./WebhookForm";

const queryKey = keys.list("workspace", "webhooks");

/** Other programs that hear of what happens here. */
export default function Webhooks() {
  const { t } = useI18n();
  const hooks = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/webhooks")) });
  const [open, setOpen] = useState<Webhook | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  if (hooks.isError) return <ErrorState error={hooks.error} onRetry={() => void hooks.refetch()} />;
  if (hooks.isPending) return <Skeleton shape="cards" rows={3} />;
  const add = (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t("webhooks.add")}
    </Button>
  );
  return (
    <div className={classes.stack}>
      {hooks.data.length === 0 ? (
        <EmptyState compact icon="link" title={t("webhooks.none")} sentence={t("webhooks.about")} action={add} />
      ) : (
        <>
          <p className={classes.muted}>{t("webhooks.about")}</p>
          <ul className={classes.list}>
            {hooks.data.map((hook) => (
              <HookCard key={hook.id} hook={hook} onEdit={() => setOpen(hook)} onSecret={setSecret} />
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === "new" ? "webhooks.add" : "webhooks.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        {open !== null && (
          <WebhookForm hook={open === "new" ? null : open} onSecret={setSecret} onClose={() => setOpen(null)} />
        )}
      </Modal>
      <Secret
        title={t("webhooks.secret.title")}
        about={t("webhooks.secret.about")}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </div>
  );
}

interface HookCardProps {
  hook: Webhook;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

function HookCard({ hook, onEdit, onSecret }: HookCardProps) {
  const i18n = useI18n();
  const { t, known } = i18n;
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const [isLogOpen, setLogOpen] = useState(false);
  const params = { path: { id: hook.id } };
  const test = useMutation({
    mutationFn: () => api.POST("/api/v1/webhooks/{id}/test", { params }),
    onSuccess: () => {
      notifyDone(t("webhooks.test.sent"));
      setLogOpen(true);
      void client.invalidateQueries({ queryKey: keys.one("workspace", hook.id, "deliveries") });
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  const isFailing = hook.failing_since != null;
  const word = (kind: string) => {
    const key = known(`webhooks.event.${kind}`);
    return key === undefined ? kind : t(key);
  };
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <h3>{hook.url}</h3>
        <Chip
          meaning={!hook.active ? undefined : isFailing ? "danger" : "customer"}
          icon={isFailing && hook.active ? "warning" : undefined}
          hollow={!hook.active}
        >
          {t(!hook.active ? "webhooks.off" : isFailing ? "webhooks.failing" : "webhooks.on")}
        </Chip>
      </div>
      <p className={classes.muted}>{hook.kinds.length === 0 ? t("webhooks.all") : hook.kinds.map(word).join(" · ")}</p>
      {hook.failing_since != null && (
        <p>
          {t("webhooks.failing.since")} <When at={hook.failing_since} as="dateTime" />. {t("webhooks.failing.means")}
        </p>
      )}
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="xs"
          disabled={!hook.active}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t("webhooks.test")}
        </Button>
        <Button variant="default" size="xs" aria-expanded={isLogOpen} onClick={() => setLogOpen(!isLogOpen)}>
          {t("webhooks.log")}
        </Button>
        <Button variant="default" size="xs" onClick={onEdit}>
          {t("webhooks.change")}
        </Button>
        <Button variant="default" size="xs" onClick={() => setReplacing(true)}>
          {t("webhooks.secret.replace")}
        </Button>
        <Button variant="subtle" color="danger" size="xs" onClick={() => setRemoving(true)}>
          {t("webhooks.remove")}
        </Button>
      </div>
      {isLogOpen && <Deliveries id={hook.id} />}
      <ConfirmDialog
        opened={replacing}
        title={t("webhooks.secret.replace")}
        verb={t("webhooks.secret.replace")}
        onClose={() => setReplacing(false)}
        onConfirm={async () => onSecret((await read(api.POST("/api/v1/webhooks/{id}/secret", { params }))).secret)}
      >
        {t("webhooks.secret.replace.means")}
      </ConfirmDialog>
      <ConfirmDialog
        opened={removing}
        title={t("webhooks.remove.title")}
        verb={t("webhooks.remove")}
        danger
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await api.DELETE("/api/v1/webhooks/{id}", { params });
          await client.invalidateQueries({ queryKey });
        }}
      >
        {t("webhooks.remove.means", { url: hook.url })}
      </ConfirmDialog>
    </li>
  );
}
