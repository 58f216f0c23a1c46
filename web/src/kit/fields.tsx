import { Checkbox, NativeSelect, NumberInput, PasswordInput, Switch, TextInput, Textarea } from "@mantine/core";
import { type FormEvent, type HTMLInputAutoCompleteAttribute, type ReactNode, useEffect, useState } from "react";
import { type ApiProblem, fieldSentence } from "~/api/problem";
import { useI18n } from "~/i18n";

/** What every field has. `problem` and `name` together show what the server refused about this field. */
interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  name?: string;
  problem?: ApiProblem | null;
  required?: boolean;
  disabled?: boolean;
}

interface TextFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "url" | "tel" | "search" | "date" | "time";
  autoComplete?: HTMLInputAutoCompleteAttribute;
  autoFocus?: boolean;
  placeholder?: string;
  maxLength?: number;
  /** The first day of a date field that can be chosen. */
  min?: string;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What the browser finds wrong with a field before it sends a form: said at the field, in the words of the page. */
function useBrowserCheck() {
  const { t } = useI18n();
  const [wrong, setWrong] = useState<string>();
  const onInvalid = (event: FormEvent<Field>) => {
    // The browser would say it in its own language, in a balloon.
    event.preventDefault();
    const field = event.currentTarget;
    const { valueMissing, typeMismatch } = field.validity;
    if (valueMissing) setWrong(t("kit.field.needed"));
    else setWrong(t(typeMismatch && field.type === "email" ? "kit.field.no_email" : "problem.field.invalid"));
    const first = [...(field.form?.elements ?? [])].find(
      (each) => "validity" in each && !(each as Field).validity.valid,
    );
    if (first === field) field.focus();
  };
  return { wrong, check: { onInvalid, onInput: () => setWrong(undefined) } };
}

function useShared({ label, hint, error, name, problem, required, disabled }: FieldProps) {
  const i18n = useI18n();
  const refused = name === undefined ? undefined : fieldSentence(problem?.field(name), i18n);
  const { wrong, check } = useBrowserCheck();
  return {
    label,
    description: hint,
    error: error ?? wrong ?? refused,
    name,
    required,
    disabled,
    // Marked by style, so that the name of the field stays its label.
    withAsterisk: false,
    labelProps: { "data-needed": required === true || undefined },
    ...check,
  };
}

export function TextField({
  value,
  onChange,
  type = "text",
  autoComplete,
  autoFocus,
  placeholder,
  maxLength,
  min,
  ...rest
}: TextFieldProps) {
  return (
    <TextInput
      {...useShared(rest)}
      type={type}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete={autoComplete}
      data-autofocus={autoFocus}
      autoFocus={autoFocus}
      placeholder={placeholder}
      maxLength={maxLength}
      min={min}
    />
  );
}

interface PasswordFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
}

export function PasswordField({ value, onChange, autoComplete, ...rest }: PasswordFieldProps) {
  const { t } = useI18n();
  return (
    <PasswordInput
      {...useShared(rest)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete={autoComplete}
      visibilityToggleButtonProps={{ "aria-label": t("kit.show_password"), tabIndex: 0 }}
    />
  );
}

interface AreaFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
}

export function AreaField({ value, onChange, rows = 3, ...rest }: AreaFieldProps) {
  return (
    <Textarea
      {...useShared(rest)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rows={rows}
      styles={{ input: { resize: "vertical" } }}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number;
  decimals?: number;
  prefix?: string;
  suffix?: string;
  /** Told when what stands there is no number that fits, and when it is one again. */
  onWrong?: (isWrong: boolean) => void;
}

/** What is typed comes as a text while it does not look like the number that it is: "950.50", "10.". */
function numberOf(typed: number | string): number | null {
  const value = typed === "" ? NaN : Number(typed);
  return Number.isFinite(value) ? value : null;
}

/** What is wrong with a number, in the words of the page; undefined when it fits. */
function useFit({ min, max, required }: Pick<NumberFieldProps, "min" | "max" | "required">) {
  const { t, format } = useI18n();
  const number = (value: number) => format.number(value, value % 1 === 0 ? 0 : 1);
  return (value: number | null): string | undefined => {
    if (value === null) return required === true ? t("kit.number.needed") : undefined;
    if (value >= (min ?? value) && value <= (max ?? value)) return undefined;
    if (min === undefined) return t("kit.number.most", { max: number(max ?? value) });
    return max === undefined
      ? t("kit.number.least", { min: number(min) })
      : t("kit.number.between", { min: number(min), max: number(max) });
  };
}

/** A number as people here write it: a comma for decimals in Dutch, null when empty. What does not fit stays and is told. */
export function NumberField({
  value,
  onChange,
  step,
  decimals = 0,
  prefix,
  suffix,
  onWrong,
  ...rest
}: NumberFieldProps) {
  const { language } = useI18n();
  const [typed, setTyped] = useState<number | string>(value ?? "");
  const [isLeft, setLeft] = useState(false);
  // The form may not keep what does not fit; the field does, until another number comes from outside.
  useEffect(() => setTyped((now) => ((numberOf(now) ?? 0) === (value ?? 0) ? now : (value ?? ""))), [value]);
  const wrong = useFit(rest)(numberOf(typed));
  const isWrong = wrong !== undefined;
  useEffect(() => onWrong?.(isWrong), [isWrong, onWrong]);
  const { min: _, max: __, ...field } = rest;
  return (
    <NumberInput
      {...useShared({ ...field, error: field.error ?? (isLeft ? wrong : undefined) })}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        onChange(numberOf(next));
      }}
      onBlur={() => setLeft(true)}
      clampBehavior="none"
      step={step}
      decimalScale={decimals}
      decimalSeparator={language === "nl" ? "," : "."}
      thousandSeparator={language === "nl" ? "." : ","}
      prefix={prefix}
      suffix={suffix}
      hideControls
      data-wrong={isWrong || undefined}
    />
  );
}

/** Whether a field of the form holds what does not fit; the first one then has the focus and says so. */
export function holdsWrong(form: HTMLFormElement): boolean {
  const field = form.querySelector<HTMLElement>("[data-wrong]");
  if (field === null) return false;
  // Leaving it is what makes it speak.
  field.focus();
  field.blur();
  field.focus();
  return true;
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
}

/** The browser's own list: works by keyboard, by screen reader and by thumb. */
export function SelectField<Value extends string>({ value, onChange, options, ...rest }: SelectFieldProps<Value>) {
  return (
    <NativeSelect
      {...useShared(rest)}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      data={options.map((option) => ({ value: option.value, label: option.label }))}
    />
  );
}

interface SwitchFieldProps extends FieldProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A switch says in its hint what changes for whoever it touches. */
export function SwitchField({ checked, onChange, ...rest }: SwitchFieldProps) {
  const { withAsterisk: _, required: __, labelProps: ___, ...shared } = useShared(rest);
  return <Switch {...shared} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

export function CheckField({ checked, onChange, ...rest }: SwitchFieldProps) {
  const { withAsterisk: _, required: __, labelProps: ___, ...shared } = useShared(rest);
  return <Checkbox {...shared} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}
