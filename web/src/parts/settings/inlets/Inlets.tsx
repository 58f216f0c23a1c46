import { Button, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { CopyBox } from "../CopyBox";
import { Secret } from "../Secret";
import classes from "../Section.module.css";
import { InletForm } from "./InletForm";
import { type Inlet, embedCode, kindOf, linkCode, serviceCode } from "./inlets";
import { Requests } from "./Requests";

const queryKey = keys.list("workspace", "inlets");

/** The ways in besides mail: the quote form, and booking services that somebody uses already. */
export default function Inlets() {
  const { t } = useI18n();
  const mayChange = useMay("configure");
  const inlets = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/inlets")) });
  const [open, setOpen] = useState<Inlet | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  if (inlets.isError) return <ErrorState error={inlets.error} onRetry={() => void inlets.refetch()} />;
  if (inlets.isPending) return <Skeleton shape="cards" rows={3} />;
  const add = mayChange && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t("inlets.add")}
    </Button>
  );
  return (
    <div className={classes.stack}>
      {inlets.data.items.length === 0 ? (
        <EmptyState compact icon="quote_request" title={t("inlets.none")} sentence={t("inlets.about")} action={add} />
      ) : (
        <>
          <p className={classes.muted}>{t("inlets.about")}</p>
          <ul className={classes.list}>
            {inlets.data.items.map((inlet) => (
              <InletCard key={inlet.id} inlet={inlet} mayChange={mayChange} onEdit={() => setOpen(inlet)} />
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      <Requests />
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === "new" ? "inlets.add" : "inlets.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        {open !== null && (
          <InletForm inlet={open === "new" ? null : open} onSecret={setSecret} onClose={() => setOpen(null)} />
        )}
      </Modal>
      <Secret
        title={t("inlets.secret.title")}
        about={t("inlets.secret.about")}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </div>
  );
}

function InletCard({ inlet, mayChange, onEdit }: { inlet: Inlet; mayChange: boolean; onEdit: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const kind = kindOf(inlet);
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <h3>{inlet.name}</h3>
        <span className={classes.muted}>{t(`inlets.kind.${kind}`)}</span>
        <Chip meaning={inlet.active ? "customer" : undefined} hollow={!inlet.active}>
          {t(inlet.active ? "inlets.open" : "inlets.closed")}
        </Chip>
      </div>
      <p className={classes.muted}>{t(`inlets.kind.${kind}.means`)}</p>
      <CopyBox label={t(`inlets.url.${kind}`)} text={inlet.url} hint={t(`inlets.url.${kind}.hint`)} />
      {kind === "quote_form" ? (
        <Embed inlet={inlet} />
      ) : (
        <details>
          <summary>{t("inlets.who")}</summary>
          <CopyBox label={t("inlets.who.code")} text={serviceCode(kind)} hint={t(`inlets.who.${kind}`)} />
        </details>
      )}
      {kind !== "quote_form" && (
        <p className={classes.muted}>{t(inlet.has_secret ? "inlets.secret.kept" : "inlets.secret.missing")}</p>
      )}
      {mayChange && (
        <div className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onEdit}>
            {t("inlets.change")}
          </Button>
          <Button variant="subtle" color="danger" size="xs" onClick={() => setRemoving(true)}>
            {t("inlets.remove")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={removing}
        title={t("inlets.remove.title", { name: inlet.name })}
        verb={t("inlets.remove")}
        danger
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await api.DELETE("/api/v1/inlets/{id}", { params: { path: { id: inlet.id } } });
          await client.invalidateQueries({ queryKey });
        }}
      >
        {t("inlets.remove.means")}
      </ConfirmDialog>
    </li>
  );
}

function Embed({ inlet }: { inlet: Inlet }) {
  const { t } = useI18n();
  const words = {
    name: t("inlets.form.name"),
    email: t("inlets.form.email"),
    company: t("inlets.form.company"),
    text: t("inlets.form.text"),
    send: t("inlets.form.send"),
    done: t("inlets.form.done"),
  };
  return (
    <>
      <p className={classes.muted}>
        {inlet.allowed_origins.length === 0
          ? t("inlets.origins.none")
          : t("inlets.origins.list", { origins: inlet.allowed_origins.join(", ") })}
      </p>
      <details>
        <summary>{t("inlets.embed")}</summary>
        <CopyBox
          label={t("inlets.embed.link")}
          text={linkCode(inlet.url, t("inlets.form.link"))}
          hint={t("inlets.embed.link.hint")}
        />
        <CopyBox label={t("inlets.embed.code")} text={embedCode(inlet.url, words)} hint={t("inlets.embed.hint")} />
      </details>
    </>
  );
}
