import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";

export type Move = "pause" | "resume" | "undo" | "stop";

/** Stops, pauses, goes on with or takes back an upload. What was brought in is there, except after taking it back. */
export function useMove(id: string) {
  const i18n = useI18n();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (move: Move): Promise<void> => {
      const params = { path: { id } };
      if (move === "stop") await api.DELETE("/api/v1/imports/{id}", { params });
      else if (move === "pause") await api.POST("/api/v1/imports/{id}/pause", { params });
      else if (move === "resume") await api.POST("/api/v1/imports/{id}/resume", { params });
      else await api.POST("/api/v1/imports/{id}/undo", { params });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all("import") }),
    onError: (error, move) => {
      // A dialog says by itself what was refused.
      if (move === "pause" || move === "resume") notifyProblem(error, i18n);
    },
  });
}
