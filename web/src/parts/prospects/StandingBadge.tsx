import { useI18n } from "~/i18n";
import { Chip, StageBadge } from "~/kit/chips";
import { type Prospect, isClosed } from "./api";
import { standingWord } from "./standing";

/** How far a pursuit is: prospect, opportunity or customer; or how it ended when nothing came of it. */
export function StandingBadge({ prospect }: { prospect: Prospect }) {
  const words = useI18n();
  if (prospect.state === "won") return <StageBadge stage="customer" as="chip" />;
  if (isClosed(prospect)) return <Chip hollow>{standingWord(prospect, words)}</Chip>;
  return <StageBadge stage={prospect.has_opportunity ? "opportunity" : "prospect"} as="chip" />;
}
