import { SegmentedControl } from "@mantine/core";
import { useI18n } from "~/i18n";
import { useAddress } from "~/shell/address";
import { useOwner } from "./calls";

/** Mine or everybody's. */
export function OwnerSwitch({ choice, choose }: Pick<ReturnType<typeof useOwner>, "choice" | "choose">) {
  const { t } = useI18n();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("today.whose")}
      value={choice}
      onChange={(next) => choose(next === "me" ? "me" : "all")}
      data={[
        { value: "me", label: t("today.mine") },
        { value: "all", label: t("today.everybody") },
      ]}
    />
  );
}

/** The board holds who is being talked with; the list everybody who ever was a prospect. */
export function ViewSwitch() {
  const { t } = useI18n();
  const { search, set } = useAddress();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("prospects.view")}
      value={search.view === "list" ? "list" : "board"}
      onChange={(next) => set({ view: next === "list" ? "list" : undefined })}
      data={[
        { value: "board", label: t("prospects.view.board") },
        { value: "list", label: t("prospects.view.list") },
      ]}
    />
  );
}
