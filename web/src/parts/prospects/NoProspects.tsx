import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import { useI18n } from "~/i18n";
import { EmptyState } from "~/kit/states";
import { LeadProspectPicture } from "~/pictures/LeadProspectPicture";
import { PartLink } from "~/shell/PartLink";
import classes from "./List.module.css";

/** Nobody is a prospect yet: the picture shows the leads there are, and which of their acts take them across. */
export function NoProspects() {
  const { t } = useI18n();
  const funnel = useQuery({
    queryKey: keys.list("funnel", {}),
    queryFn: () => read(api.GET("/api/v1/funnel", { params: { query: {} } })),
  });
  const data = funnel.data?.lead_prospect;
  return (
    <div className={classes.nobody}>
      <EmptyState
        icon="prospect"
        meaning="prospect"
        picture={
          data && (
            <LeadProspectPicture data={{ ...data, median_days_to_first_act: data.median_days_to_first_act ?? null }} />
          )
        }
        title={t("prospects.empty.title")}
        sentence={t("prospects.about")}
        action={
          <Button component={PartLink} part="campaigns">
            {t("prospects.empty.next")}
          </Button>
        }
      />
    </div>
  );
}
