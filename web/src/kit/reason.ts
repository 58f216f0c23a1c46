import type { MessageKey, Translate } from "~/i18n";

/** What the other side did, without "Prospect since … by rule …:" before it. */
export function shortReason(reason: string): string {
  const deed = reason.slice(reason.indexOf(": ") + 1).trim();
  return deed.charAt(0).toUpperCase() + deed.slice(1);
}

interface Words {
  t: Translate;
  known: (key: string) => MessageKey | undefined;
}

/** A rule of promotion in words: "R1: a reply with interest"; the bare code of one that a newer server has. */
export function ruleWord(rule: string, { t, known }: Words): string {
  const key = known(`kit.rule.${rule}`);
  if (key === undefined) return rule;
  return /^R\d+$/.test(rule) ? `${rule}: ${t(key)}` : t(key);
}
