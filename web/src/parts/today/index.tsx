import { SegmentedControl } from "@mantine/core";
import { useI18n } from "~/i18n";
import { Page } from "~/kit/Page";
import { ErrorState, Skeleton } from "~/kit/states";
import { useToday, useTodayOwner } from "~/parts/prospects/calls";
import { OwnerSwitch } from "~/parts/prospects/ViewSwitch";
import { useAddress } from "~/shell/address";
import { AllTasks } from "./AllTasks";
import { FirstSteps } from "./FirstSteps";
import { WorkList } from "./WorkList";

const sections = ["now", "today", "this_week", "waiting"] as const;

/** One column: what needs me now, most valuable first, each line with its reason. */
export default function TodayPage() {
  const { t } = useI18n();
  const { search, set } = useAddress();
  const whose = useTodayOwner();
  const view = search.view === "tasks" ? "tasks" : "today";
  return (
    <Page
      title={t("shell.nav.today")}
      actions={
        <>
          <OwnerSwitch {...whose} />
          <SegmentedControl
            size="xs"
            aria-label={t("today.view")}
            value={view}
            onChange={(next) => set({ view: next === "tasks" ? "tasks" : undefined })}
            data={[
              { value: "today", label: t("today.view.today") },
              { value: "tasks", label: t("today.view.tasks") },
            ]}
          />
        </>
      }
    >
      {view === "tasks" ? <AllTasks owner={whose.owner} /> : <Today owner={whose.owner} />}
    </Page>
  );
}

function Today({ owner }: { owner: string | undefined }) {
  const { t } = useI18n();
  const today = useToday(owner);
  if (today.isPending) return <Skeleton shape="list" />;
  if (today.isError) return <ErrorState error={today.error} onRetry={() => void today.refetch()} />;
  if (today.data.items.length === 0) return <FirstSteps />;
  return (
    <WorkList items={today.data.items} sections={sections.map((id) => ({ id, title: t(`today.section.${id}`) }))} />
  );
}
