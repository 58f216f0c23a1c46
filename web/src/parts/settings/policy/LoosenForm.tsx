import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import { useWorkspace } from "~/api/session";
import { useI18n } from "~/i18n";
import { AreaField, SelectField } from "~/kit/fields";
import { notifyDone } from "~/kit/notify";
import { ErrorState } from "~/kit/states";
import { bases } from "~/parts/leads/GroundFields";
import { refreshVerdicts } from "./calls";
import {
  type Draft,
  type Loosening,
  type Pack,
  atField,
  caseOf,
  elsewhere,
  enoughIn,
  inOrder,
  noDraft,
  people,
} from "./policy";
import classes from "./Policy.module.css";
import { usePolicyWords } from "./words";

interface LoosenFormProps {
  packs: readonly Pack[];
  /** Those in force: what they open needs no second decision. */
  loosenings: readonly Loosening[];
  onClose: () => void;
}

const fields = ["country", "case.channel", "case.person", "case.address", "basis", "reason"];

/** Takes a risk against one case of one country. Whoever is logged in decides, in person: nobody decides for another. */
export function LoosenForm({ packs, loosenings, onClose }: LoosenFormProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const { user } = useWorkspace().session;
  const [draft, setDraft] = useState<Draft>(noDraft);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const loosen = useMutation({
    mutationFn: () => {
      const { country, channel, person, address, basis, reason } = draft;
      const ofCase = caseOf(draft) ?? { channel, person, address: address || null };
      return api.POST("/api/v1/policy-loosenings", { body: { country, case: ofCase, basis, reason } });
    },
    onSuccess: async () => {
      await refreshVerdicts(client);
      notifyDone(t("policy.loosen.done"));
      onClose();
    },
  });
  const problem = atField(loosen.error);
  const isAtField = problem?.errors.some(({ field }) => fields.includes(field)) ?? false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    loosen.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p>{t("policy.loosen.means")}</p>
      <CaseFields packs={packs} draft={draft} change={change} problem={problem} />
      <BasisField packs={packs} loosenings={loosenings} draft={draft} change={change} problem={problem} />
      <AreaField
        label={t("policy.loosen.reason")}
        hint={t("policy.loosen.reason.hint")}
        name="reason"
        problem={problem}
        required
        value={draft.reason}
        onChange={(reason) => change({ reason })}
      />
      <p>{t.rich("policy.loosen.you", { name: <strong key="name">{user.name}</strong> })}</p>
      {loosen.error !== null && !isAtField && <ErrorState error={loosen.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")}
        </Button>
        <Button type="submit" color="danger" loading={loosen.isPending}>
          {t("policy.loosen")}
        </Button>
      </Group>
    </form>
  );
}

interface PartProps {
  packs: readonly Pack[];
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problem: ReturnType<typeof atField>;
}

/** Which case of which country. A guess is nobody's address and a country without a pack has no rule: neither is offered. */
function CaseFields({ packs, draft, change, problem }: PartProps) {
  const { t, language } = useI18n();
  const words = usePolicyWords();
  const options = (codes: readonly string[], name: (code: string) => string) => [
    { value: "", label: t("policy.loosen.choose") },
    ...codes.map((value) => ({ value, label: name(value) })),
  ];
  const countries = inOrder(packs, language).map((pack) => pack.rule.country);
  const field = { problem, required: true };
  // Another case has other grounds: what was chosen for the one before is no answer to it.
  const setCase = (part: Partial<Draft>) => change({ ...part, basis: "" });
  return (
    <div className={classes.pair}>
      <SelectField
        {...field}
        label={t("policy.loosen.country")}
        name="country"
        value={draft.country}
        onChange={(country) => setCase({ country })}
        options={options(
          countries.filter((code) => code !== elsewhere),
          words.country,
        )}
      />
      <SelectField
        {...field}
        label={t("policy.loosen.person")}
        name="case.person"
        value={draft.person}
        onChange={(person) => setCase({ person })}
        options={options(people, (code) =>
          code === "natural_person" ? `${words.person(code)}, ${t("policy.or_unknown")}` : words.person(code),
        )}
      />
      <SelectField
        {...field}
        label={t("policy.loosen.channel")}
        name="case.channel"
        value={draft.channel}
        onChange={(channel) => setCase({ channel })}
        options={options(["mail", "phone", "post"], words.channel)}
      />
      {draft.channel === "mail" && (
        <SelectField
          {...field}
          label={t("policy.loosen.address")}
          name="case.address"
          value={draft.address}
          onChange={(address) => setCase({ address })}
          options={options(["role", "personal"], words.address)}
        />
      )}
    </div>
  );
}

/** Only grounds that are not enough yet: the others need nobody's decision. */
function BasisField({ packs, loosenings, draft, change, problem }: PartProps & Pick<LoosenFormProps, "loosenings">) {
  const { t } = useI18n();
  const words = usePolicyWords();
  const pack = packs.find((each) => each.rule.country === draft.country);
  const ofCase = caseOf(draft);
  const enough = pack === undefined || ofCase === null ? null : enoughIn(pack, ofCase, loosenings);
  const open = enough === null ? [] : bases.filter((basis) => !enough.some((one) => one.basis === basis));
  const hint = () => {
    if (enough === null) return t("policy.loosen.basis.first");
    if (open.length === 0) return t("policy.loosen.basis.all");
    if (enough.length === 0) return t("policy.loosen.basis.nothing");
    return t("policy.loosen.basis.enough", { bases: enough.map((one) => words.basis(one.basis)).join(", ") });
  };
  return (
    <SelectField
      label={t("policy.loosen.basis")}
      hint={hint()}
      name="basis"
      problem={problem}
      required
      disabled={open.length === 0}
      value={draft.basis}
      onChange={(basis) => change({ basis })}
      options={[
        { value: "", label: t("leads.basis.none") },
        ...open.map((value) => ({ value: value as string, label: words.basis(value) })),
      ]}
    />
  );
}
