import { useEffect, useRef } from "react";
import { useI18n } from "~/i18n";
import { Chip } from "~/kit/chips";
import { Icon } from "~/kit/icons";
import { useAddress } from "~/shell/address";
import { Grounds } from "./Grounds";
import { type Loosening, type Pack, inOrder, scopeOf } from "./policy";
import classes from "./Policy.module.css";
import { usePolicyWords } from "./words";

interface PacksProps {
  packs: readonly Pack[];
  loosenings: readonly Loosening[];
}

/** The countries, one open at a time; the open one stands in the address, so that a verdict can point to its rule. */
export function Packs({ packs, loosenings }: PacksProps) {
  const { t, language } = useI18n();
  const { search, set } = useAddress();
  const open = (country: string | undefined) => set({ country }, { replace: true, keepScroll: true });
  return (
    <section aria-labelledby="policy-packs" className={classes.part}>
      <div>
        <h3 id="policy-packs">{t("policy.packs")}</h3>
        <p className={classes.muted}>{t("policy.packs.about")}</p>
      </div>
      <ul className={classes.packs}>
        {inOrder(packs, language).map((pack) => (
          <Country
            key={pack.rule.country}
            pack={pack}
            loosenings={loosenings}
            isOpen={pack.rule.country === search.country}
            onOpen={(isOpen) => open(isOpen ? pack.rule.country : undefined)}
          />
        ))}
      </ul>
    </section>
  );
}

const channels = ["mail", "phone", "post"] as const;

interface CountryProps {
  pack: Pack;
  loosenings: readonly Loosening[];
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

function Country({ pack, loosenings, isOpen, onOpen }: CountryProps) {
  const { t } = useI18n();
  const words = usePolicyWords();
  const head = useRef<HTMLButtonElement>(null);
  // The country that closes above takes its length with it: the one that opens stays in sight.
  useEffect(() => {
    if (isOpen) head.current?.scrollIntoView?.({ block: "nearest" });
  }, [isOpen]);
  const { country } = pack.rule;
  const id = `policy-${country === "*" ? "elsewhere" : country}`;
  const loosened = loosenings.filter((one) => one.country === country).length;
  return (
    <li className={classes.pack} data-open={isOpen || undefined}>
      <h4>
        <button
          ref={head}
          type="button"
          className={classes.head}
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => onOpen(!isOpen)}
        >
          <span className={classes.turn}>
            <Icon name={isOpen ? "down" : "right"} size={16} />
          </span>
          <span className={classes.country}>{words.country(country)}</span>
          <Unsolicited pack={pack} />
          {loosened > 0 && (
            <span className={classes.mark}>
              <Chip meaning="danger" icon="warning">
                {t("policy.loosened.n", { n: loosened })}
              </Chip>
            </span>
          )}
        </button>
      </h4>
      {isOpen && <Detail id={id} pack={pack} loosenings={loosenings} />}
    </li>
  );
}

/** What sets countries apart at a glance: whom one may approach who never asked for it. */
function Unsolicited({ pack }: { pack: Pack }) {
  const { t, language } = useI18n();
  const words = usePolicyWords();
  const open = channels.flatMap((code) => {
    const scope = scopeOf(pack, code);
    if (scope === "nobody") return [];
    const channel = words.channel(code).toLocaleLowerCase(language);
    return [t("policy.unsolicited.channel", { channel, scope: t(`policy.scope.${scope}`) })];
  });
  return (
    <span className={classes.unsolicited} data-open={open.length > 0 || undefined}>
      {open.length === 0 ? t("policy.unsolicited.none") : t("policy.unsolicited", { what: open.join(", ") })}
    </span>
  );
}

function Detail({ id, pack, loosenings }: { id: string; pack: Pack; loosenings: readonly Loosening[] }) {
  const { t, language, format } = useI18n();
  const { version, reviewed_on } = pack.rule;
  return (
    <div id={id} className={classes.detail}>
      <p className={classes.summary}>{pack.summary[language]}</p>
      <p className={classes.muted}>{t("policy.version", { version, date: format.date(reviewed_on) })}</p>
      <Grounds pack={pack} loosenings={loosenings} />
      <div>
        <h5 id={`${id}-sources`}>{t("policy.sources")}</h5>
        <ul aria-labelledby={`${id}-sources`} className={classes.sources}>
          {pack.sources.map((source) => (
            <li key={source.title}>
              <a href={source.url} target="_blank" rel="noreferrer">
                {source.title}
                <span className="hidden-text"> ({t("policy.source.new_tab")})</span>
              </a>
              <span className={classes.muted}>
                {t("policy.source.state", { date: format.date(source.date) })}
                {" · "}
                {t(source.is_primary ? "policy.source.primary" : "policy.source.secondary")}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
