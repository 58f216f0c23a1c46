import { useQuery } from "@tanstack/react-query";
import { api, read } from "~/api/client";
import { keys } from "~/api/query";
import type { components } from "~/api/schema";
import { useI18n } from "~/i18n";

export type Share = components["schemas"]["ShareView"];

const pollMs = 1000;

/** How complete the audience is, of all or of what is wanted; asked again and again while it is being counted. */
export function useCompleteness(wanted: { activity?: string; area?: string } = {}) {
  return useQuery({
    queryKey: keys.list("audience", { completeness: wanted }),
    queryFn: () => read(api.GET("/api/v1/audience/completeness", { params: { query: wanted } })),
    placeholderData: (before) => before,
    refetchInterval: (query) => (query.state.data?.is_counting === true ? pollMs : false),
  });
}

/** How a share is said: never better than it is, and "about", because the register is counted on another day. */
export function useSaid(): (share: Share) => string {
  const { t, format } = useI18n();
  return (share) =>
    share.percent == null
      ? t("audience.completeness.none", { known: format.number(share.known_n) })
      : t("audience.completeness.share", {
          known: format.number(share.known_n),
          about: format.number(share.register_n),
          percent: format.percent(share.percent / 100),
        });
}
