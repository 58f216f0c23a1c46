import { Button, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "~/api/client";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Icon } from "~/kit/icons";
import { notifyDone } from "~/kit/notify";
import { EmptyState } from "~/kit/states";
import { refreshVerdicts } from "./calls";
import { LoosenForm } from "./LoosenForm";
import type { Ended, Loosening, Pack } from "./policy";
import classes from "./Policy.module.css";
import { usePolicyWords } from "./words";

interface LooseningsProps {
  /** For links to this part of the page. */
  id: string;
  packs: readonly Pack[];
  inForce: readonly Loosening[];
  ended: readonly Ended[];
}

/** What this workspace does against the rule sets: who decided, why, and what was ended. */
export function Loosenings({ id, packs, inForce, ended }: LooseningsProps) {
  const { t } = useI18n();
  const mayLoosen = useMay("manage_workspace");
  const [loosening, setLoosening] = useState(false);
  const [ending, setEnding] = useState<Loosening | null>(null);
  const add = mayLoosen && (
    <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setLoosening(true)}>
      {t("policy.loosen")}
    </Button>
  );
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={classes.part}>
      <div>
        <h3 id={`${id}-title`}>{t("policy.loosenings")}</h3>
        {inForce.length > 0 && <p className={classes.muted}>{t("policy.loosenings.about")}</p>}
        {!mayLoosen && <p className={classes.muted}>{t("policy.loosenings.owner")}</p>}
      </div>
      {inForce.length === 0 ? (
        <EmptyState
          compact
          icon="check"
          title={t("policy.loosenings.none")}
          sentence={t("policy.loosenings.none.about")}
          action={add}
        />
      ) : (
        <>
          <ul className={classes.loosenings} aria-label={t("policy.loosening.in_force")}>
            {inForce.map((one) => (
              <li key={one.id} className={classes.loosening}>
                <What one={one} />
                {mayLoosen && (
                  <Button variant="default" size="xs" onClick={() => setEnding(one)}>
                    {t("policy.end.short")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <div>{add}</div>
        </>
      )}
      {ended.length > 0 && <EndedOnes ended={ended} />}
      <Modal
        opened={loosening}
        onClose={() => setLoosening(false)}
        title={t("policy.loosen")}
        closeButtonProps={{ "aria-label": t("kit.close") }}
        size="lg"
      >
        <LoosenForm packs={packs} loosenings={inForce} onClose={() => setLoosening(false)} />
      </Modal>
      <EndDialog one={ending} onClose={() => setEnding(null)} />
    </section>
  );
}

/** What was decided for whom, by whom and why. */
function What({ one, over }: { one: Loosening; over?: Ended }) {
  const { t, format } = useI18n();
  const words = usePolicyWords();
  const name = (given: string) => given || t("policy.loosening.somebody");
  return (
    <div className={classes.what}>
      <p>
        <strong>{words.country(one.country)}</strong>
        <span>{words.case(one.case)}</span>
        {over === undefined && (
          <Chip meaning="danger" icon="warning">
            {t("policy.loosening.in_force")}
          </Chip>
        )}
      </p>
      <p>{t("policy.loosening.is_enough", { basis: words.basis(one.basis) })}</p>
      <blockquote>{one.reason}</blockquote>
      <p className={classes.muted}>
        {t("policy.loosening.decided", { name: name(one.decided_by), date: format.date(one.decided_at) })}
        {over !== undefined && (
          <>
            {" · "}
            {t("policy.loosening.ended", { name: name(over.ended_by), date: format.date(over.ended_at) })}
          </>
        )}
      </p>
    </div>
  );
}

function EndedOnes({ ended }: { ended: readonly Ended[] }) {
  const { t } = useI18n();
  return (
    <details>
      <summary>{t("policy.loosenings.ended", { n: ended.length })}</summary>
      <ul className={classes.loosenings}>
        {ended.map((one) => (
          <li key={one.loosening.id} className={classes.loosening}>
            <What one={one.loosening} over={one} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function EndDialog({ one, onClose }: { one: Loosening | null; onClose: () => void }) {
  const { t } = useI18n();
  const words = usePolicyWords();
  const client = useQueryClient();
  return (
    <ConfirmDialog
      opened={one !== null}
      title={t("policy.end")}
      verb={t("policy.end.short")}
      onConfirm={async () => {
        await api.DELETE("/api/v1/policy-loosenings/{id}", { params: { path: { id: one?.id ?? "" } } });
        await refreshVerdicts(client);
        notifyDone(t("policy.end.done"));
      }}
      onClose={onClose}
    >
      {one !== null && (
        <p>
          <strong>{words.country(one.country)}</strong>: {words.case(one.case)}, {words.basis(one.basis)}.
        </p>
      )}
      <p>{t("policy.end.text")}</p>
    </ConfirmDialog>
  );
}
