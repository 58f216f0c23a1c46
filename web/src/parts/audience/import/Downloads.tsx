import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { useI18n } from "~/i18n";
import { notifyProblem } from "~/kit/notify";
import { save } from "~/kit/save";

/** The user's own rows with what became of each, and those that could not be read with the reason. */
export function Downloads({ id, hasResult, hasErrors }: { id: string; hasResult: boolean; hasErrors: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const params = { path: { id } };
  const download = useMutation({
    mutationFn: async (file: "result" | "errors") => {
      const options = { params, parseAs: "blob" } as const;
      const csv =
        file === "result"
          ? await read(api.GET("/api/v1/imports/{id}/result.csv", options))
          : await read(api.GET("/api/v1/imports/{id}/errors.csv", options));
      save(csv, t(`audience.import.${file}.file`));
    },
    onError: (error) => notifyProblem(error, i18n),
  });
  const button = (file: "result" | "errors") => (
    <Button
      variant="default"
      loading={download.isPending && download.variables === file}
      onClick={() => download.mutate(file)}
    >
      {t(`audience.import.${file}.download`)}
    </Button>
  );
  return (
    <>
      {hasResult && button("result")}
      {hasErrors && button("errors")}
    </>
  );
}
