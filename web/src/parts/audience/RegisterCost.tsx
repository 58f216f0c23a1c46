import type { components } from "~/api/schema";
import { useMay } from "~/api/session";
import { useI18n } from "~/i18n";
import { mills } from "~/parts/companies/register";
import { PartLink } from "~/shell/PartLink";

/** What a round costs at most, and what the month leaves. */
export function RegisterCost({ found }: { found: components["schemas"]["RegisterEstimateView"] }) {
  const { t, format } = useI18n();
  const left = Math.max(0, found.ceiling_mills - found.spent_mills);
  return (
    <>
      {t("audience.register.cost", {
        n: found.companies_n,
        cost: mills(format, found.cost_mills),
        price: mills(format, found.price_mills),
      })}{" "}
      {found.with_number_n < found.companies_n &&
        t("audience.register.searched", { n: found.companies_n - found.with_number_n })}{" "}
      {t(left < found.cost_mills ? "audience.register.too_much" : "audience.register.left", {
        left: mills(format, left),
        ceiling: mills(format, found.ceiling_mills),
      })}
    </>
  );
}

/** Nothing can be asked without a key; the way to where it is entered. */
export function NoKey() {
  const { t } = useI18n();
  const mayConfigure = useMay("configure");
  return (
    <p>
      {t("audience.register.no_key")}{" "}
      {mayConfigure && (
        <PartLink part="settings" id="register">
          {t("audience.register.enter_key")}
        </PartLink>
      )}
    </p>
  );
}
