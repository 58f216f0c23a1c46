import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { notifyDone } from "~/kit/notify";
import { ErrorState, Skeleton } from "~/kit/states";
import { NoKey, RegisterCost } from "~/parts/audience/RegisterCost";
import { mills, useRegisterAccess } from "~/parts/companies/register";

/** Companies of one round that were chosen one by one. */
const chosenMax = 500;

interface RegisterDialogProps {
  opened: boolean;
  companies: ReadonlySet<string>;
  onClose: () => void;
  /** It began: the selection has served. */
  onDone: () => void;
}

/** Says what checking the chosen companies costs and who is left out, and begins when somebody agrees to that. */
export function RegisterDialog({ opened, companies, onClose, onDone }: RegisterDialogProps) {
  const { t } = useI18n();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("lists.batch.register")}
      closeButtonProps={{ "aria-label": t("kit.close") }}
      size="lg"
    >
      {opened && <Inside companies={companies} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

type InsideProps = Omit<RegisterDialogProps, "opened">;

function Inside({ companies, onClose, onDone }: InsideProps) {
  const { t } = useI18n();
  const isPractice = useWorkspace().workspace.mode === "practice";
  const access = useRegisterAccess();
  const say = (words: ReactNode) => (
    <Stack gap="md">
      <div>{words}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("kit.close")}
        </Button>
      </Group>
    </Stack>
  );
  if (isPractice) return say(t("audience.register.practice"));
  if (companies.size > chosenMax) return say(t("lists.batch.register.max", { n: chosenMax }));
  if (access.isPending) return <Skeleton shape="cards" rows={2} />;
  if (access.isError) return <ErrorState error={access.error} onRetry={() => void access.refetch()} />;
  if (!access.data.has_key) return say(<NoKey />);
  return <Agree companies={companies} onClose={onClose} onDone={onDone} />;
}

function Agree({ companies, onClose, onDone }: InsideProps) {
  const { t, format } = useI18n();
  const client = useQueryClient();
  // What was chosen when the dialog opened is what is asked about.
  const [ids] = useState(() => [...companies]);
  const begin = useMutation({
    mutationFn: (agreed_mills: number) =>
      read(api.POST("/api/v1/register-runs", { body: { companies: ids, agreed_mills } })),
    onSuccess: async () => {
      notifyDone(t("lists.batch.register.begun"));
      onDone();
      onClose();
      await Promise.all(
        (["audience", "company"] as const).map((subject) => client.invalidateQueries({ queryKey: keys.all(subject) })),
      );
    },
  });
  const estimate = useQuery({
    queryKey: keys.list("audience", { register: ids }),
    queryFn: () => read(api.POST("/api/v1/register-runs/estimate", { body: { companies: ids } })),
    // What is agreed to stands still while it begins.
    enabled: begin.isIdle || begin.isError,
    staleTime: 0,
    gcTime: 0,
  });
  if (estimate.isPending) return <Skeleton shape="cards" rows={3} />;
  if (estimate.isError) return <ErrorState error={estimate.error} onRetry={() => void estimate.refetch()} />;
  const found = estimate.data;
  const cost = found.estimate.cost_mills;
  return (
    <Stack gap="md">
      <div role="status">
        <p>
          {found.estimate.companies_n === 0 ? (
            t("lists.batch.register.nobody")
          ) : (
            <RegisterCost found={found.estimate} />
          )}
        </p>
        <LeftOut found={found} />
      </div>
      {begin.error !== null && <ErrorState error={begin.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
        <Button
          loading={begin.isPending}
          disabled={found.estimate.companies_n === 0}
          onClick={() => begin.mutate(cost)}
          data-autofocus
        >
          {t("audience.register.agree", { cost: mills(format, cost) })}
        </Button>
      </Group>
    </Stack>
  );
}

/** Who of the chosen is not asked about, and why. */
function LeftOut({ found }: { found: components["schemas"]["ChosenEstimateView"] }) {
  const { t } = useI18n();
  const reasons = (["recent", "refused", "waiting", "abroad"] as const).filter((why) => found[`${why}_n`] > 0);
  if (reasons.length === 0) return null;
  return (
    <ul>
      {reasons.map((why) => (
        <li key={why}>{t(`lists.batch.register.${why}`, { n: found[`${why}_n`] })}</li>
      ))}
    </ul>
  );
}
