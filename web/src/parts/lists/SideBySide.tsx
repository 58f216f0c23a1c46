import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useActions } from "~/actions/ActionsProvider";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import type { ListId } from "./conditions";

interface SideBySideProps {
  list: ListId;
  /** Ids of the chosen companies or people. */
  chosen: readonly string[];
}

/** Puts two chosen records side by side in the review of duplicates; of one, or of three, there is nothing to compare. */
export function SideBySide({ list, chosen }: SideBySideProps) {
  const words = useI18n();
  const client = useQueryClient();
  const navigate = useNavigate();
  const may = useMay("work_audience");
  const [first, second, third] = chosen;
  const pair = useMutation({
    mutationFn: (body: { first: string; second: string }) =>
      list === "companies"
        ? read(api.POST("/api/v1/duplicates", { body }))
        : read(api.POST("/api/v1/duplicates/people", { body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.all("audience") });
      const search = { view: "duplicates", ...(list === "people" ? { of: "people" } : {}) };
      await navigate({ to: "/audience/{-$id}", params: {}, search });
    },
    onError: (error) => notifyProblem(error, words),
  });
  const isPair = may && first !== undefined && second !== undefined && third === undefined;
  const perform = () => {
    if (isPair) pair.mutate({ first, second });
  };
  useActions(isPair ? [{ id: "lists.side_by_side", label: "lists.side_by_side", section: "do", perform }] : []);
  if (!isPair) return null;
  return (
    <Button variant="default" size="xs" loading={pair.isPending} onClick={perform}>
      {words.t("lists.side_by_side")}
    </Button>
  );
}
