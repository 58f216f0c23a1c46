import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { AreaField } from "~/kit/fields";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Icon } from "~/kit/icons";
import { EmptyState, ErrorState, Skeleton } from "~/kit/states";
import { CopyBox } from "../CopyBox";
import classes from "../Section.module.css";
import { type Site, kindOf, modeOf, pathsIn } from "./pages";
import { SiteForm } from "./SiteForm";

const queryKey = keys.list("workspace", "sites");

/** The company's own websites: whether visits are noticed there, and which pages say something about buying. */
export default function Website() {
  const { t } = useI18n();
  const mayChange = useMay("configure");
  const sites = useQuery({ queryKey, queryFn: () => read(api.GET("/api/v1/sites")) });
  const [open, setOpen] = useState<Site | "new" | null>(null);
  if (sites.isError) return <ErrorState error={sites.error} onRetry={() => void sites.refetch()} />;
  if (sites.isPending) return <Skeleton shape="cards" rows={3} />;
  const add = mayChange && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
      {t("website.add")}
    </Button>
  );
  return (
    <div className={classes.stack}>
      {sites.data.items.length === 0 ? (
        <EmptyState compact icon="globe" title={t("website.none")} sentence={t("website.about")} action={add} />
      ) : (
        <>
          <p className={classes.muted}>{t("website.about")}</p>
          <ul className={classes.list}>
            {sites.data.items.map((site) => (
              <SiteCard key={site.id} site={site} mayChange={mayChange} onEdit={() => setOpen(site)} />
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === "new" ? "website.add" : "website.edit")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        {open !== null && <SiteForm site={open === "new" ? null : open} onClose={() => setOpen(null)} />}
      </Modal>
    </div>
  );
}

function SiteCard({ site, mayChange, onEdit }: { site: Site; mayChange: boolean; onEdit: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const mode = modeOf(site);
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <h3>{site.host}</h3>
        <Chip hollow={mode === "off"}>{t(`website.mode.${mode}`)}</Chip>
      </div>
      <p className={classes.muted}>{t(`website.mode.${mode}.means`)}</p>
      {mode !== "off" && <CopyBox label={t("website.snippet")} text={site.snippet} hint={t("website.snippet.hint")} />}
      {site.practice_url != null && (
        <p className={classes.muted}>
          <a href={site.practice_url} target="_blank" rel="noopener">
            {t("website.practice")}
          </a>{" "}
          {t("website.practice.about")}
        </p>
      )}
      <Recognition site={site} />
      {mayChange && (
        <div className={classes.buttons}>
          <Button variant="default" size="xs" onClick={onEdit}>
            {t("website.change")}
          </Button>
          <Button variant="subtle" color="danger" size="xs" onClick={() => setRemoving(true)}>
            {t("website.remove")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={removing}
        title={t("website.remove.title", { host: site.host })}
        verb={t("website.remove")}
        danger
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await api.DELETE("/api/v1/sites/{id}", { params: { path: { id: site.id } } });
          await client.invalidateQueries({ queryKey });
        }}
      >
        {t("website.remove.means")}
      </ConfirmDialog>
    </li>
  );
}

/** Tries the rules on pages of the site: what would Kiem take them for? */
function Recognition({ site }: { site: Site }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const look = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/sites/{id}/recognition", {
          params: { path: { id: site.id } },
          body: { paths: pathsIn(text) },
        }),
      ),
  });
  return (
    <details>
      <summary>{t("website.pages", { n: site.pages.length })}</summary>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate();
        }}
      >
        <PageTable pages={site.pages} label={t("website.pages.named")} />
        <AreaField label={t("website.try")} hint={t("website.try.hint")} rows={3} value={text} onChange={setText} />
        <div>
          <Button type="submit" variant="default" size="xs" loading={look.isPending} disabled={text.trim() === ""}>
            {t("website.try.verb")}
          </Button>
        </div>
        {look.error !== null && <ErrorState error={look.error} />}
        <div role="status">
          {look.data !== undefined && <PageTable pages={look.data} label={t("website.try.result")} />}
        </div>
      </form>
    </details>
  );
}

function PageTable({ pages, label }: { pages: Site["pages"]; label: string }) {
  const { t } = useI18n();
  if (pages.length === 0) return null;
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t("website.page.path")}</th>
          <th scope="col">{t("website.page.kind")}</th>
        </tr>
      </thead>
      <tbody>
        {pages.map((page) => (
          <tr key={page.path}>
            <td>{page.path}</td>
            <td>{t(`website.kind.${kindOf(page)}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
