import { Button, Checkbox } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useI18n } from "~/i18n";
import { NumberField, SelectField, TextField } from "~/kit/fields";
import { type Condition, type Field, type ListId, fieldsOf, typedValues } from "./conditions";
import { useCampaignNames, useImportNames, useMemberNames } from "./FilterChips";
import classes from "./Lists.module.css";

interface ConditionFormProps {
  list: ListId;
  condition?: Condition;
  onDone: (condition: Condition) => void;
}

/** Chooses a field, how it is compared and with what. */
export function ConditionForm({ list, condition, onDone }: ConditionFormProps) {
  const { t, known } = useI18n();
  const all = fieldsOf(list);
  const [field, setField] = useState<Field | undefined>(all.find((each) => each.id === condition?.field) ?? all[0]);
  const [op, setOp] = useState(condition?.op ?? field?.ops[0] ?? "is");
  const [values, setValues] = useState<string[]>(condition?.values ?? []);
  if (field === undefined) return null;
  const label = (key: string) => {
    const word = known(key);
    return word === undefined ? key : t(word);
  };
  const choose = (id: string) => {
    const next = all.find((each) => each.id === id);
    if (next === undefined) return;
    setField(next);
    setOp(next.ops[0] ?? "is");
    setValues(next.values.kind === "yes_no" ? ["yes"] : []);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (values.length > 0) onDone({ field: field.id, op, values });
  };
  return (
    <form className={classes.condition} onSubmit={submit}>
      <SelectField
        label={t("lists.condition.field")}
        name="field"
        value={field.id}
        onChange={choose}
        options={all.map((each) => ({ value: each.id, label: label(`lists.field.${each.id}`) }))}
      />
      <SelectField
        label={t("lists.condition.op")}
        name="op"
        value={op}
        onChange={setOp}
        options={field.ops.map((each) => ({ value: each as string, label: label(`lists.op.${each}`) }))}
      />
      <ValueField key={field.id} field={field} values={values} onChange={setValues} />
      <Button type="submit" disabled={values.length === 0}>
        {t(condition === undefined ? "lists.condition.put" : "lists.condition.change")}
      </Button>
    </form>
  );
}

interface ValueFieldProps {
  field: Field;
  values: readonly string[];
  onChange: (values: string[]) => void;
}

function ValueField({ field, values, onChange }: ValueFieldProps) {
  const { t, known } = useI18n();
  const [typed, setTyped] = useState(values.join(", "));
  const imports = useImportNames(field.values.kind === "import");
  const members = useMemberNames(field.values.kind === "member");
  const campaigns = useCampaignNames(field.values.kind === "campaign");
  const kind = field.values;
  const label = t("lists.condition.value");
  const value = values[0] ?? "";
  switch (kind.kind) {
    case "yes_no":
      return (
        <SelectField
          label={label}
          name="value"
          value={value}
          onChange={(one) => onChange([one])}
          options={["yes", "no"].map((one) => ({ value: one, label: t(one === "yes" ? "lists.yes" : "lists.no") }))}
        />
      );
    case "score":
      return (
        <NumberField
          label={label}
          name="value"
          value={value === "" ? null : Number(value)}
          onChange={(n) => onChange(n === null || n < 0 || n > 100 ? [] : [String(Math.round(n))])}
        />
      );
    case "import":
    case "member":
    case "campaign": {
      const options = { import: imports, member: members, campaign: campaigns }[kind.kind];
      return (
        <SelectField
          label={label}
          name="value"
          value={value}
          onChange={(one) => onChange(one === "" ? [] : [one])}
          options={[{ value: "", label: t("lists.condition.choose") }, ...options]}
        />
      );
    }
    case "choice":
      return (
        <Checkbox.Group label={label} value={[...values]} onChange={onChange}>
          <div className={classes.choices}>
            {kind.values.map((one) => {
              const key = kind.words === "" ? undefined : known(`${kind.words}${one}`);
              return <Checkbox key={one} value={one} label={key === undefined ? one : t(key)} size="xs" />;
            })}
          </div>
        </Checkbox.Group>
      );
    case "text":
      return (
        <TextField
          label={label}
          hint={t("lists.condition.several")}
          name="value"
          value={typed}
          onChange={(text) => {
            setTyped(text);
            onChange(typedValues(text));
          }}
          maxLength={400}
          autoFocus={values.length > 0}
        />
      );
  }
}
