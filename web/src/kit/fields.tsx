import { Checkbox, NativeSelect, NumberInput, PasswordInput, Switch, TextInput, Textarea } from "@mantine/core";
import type { HTMLInputAutoCompleteAttribute, ReactNode } from "react";
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

function useShared({ label, hint, error, name, problem, required, disabled }: FieldProps) {
  const i18n = useI18n();
  const refused = name === undefined ? undefined : fieldSentence(problem?.field(name), i18n);
  return { label, description: hint, error: error ?? refused, name, required, disabled, withAsterisk: false };
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
}

/** What is typed comes as a text while it does not look like the number that it is: "950.50", "10.". */
function numberOf(typed: number | string): number | null {
  const value = typed === "" ? NaN : Number(typed);
  return Number.isFinite(value) ? value : null;
}

/** A number as people here write it: a comma for decimals in Dutch, null when empty. */
export function NumberField({
  value,
  onChange,
  min,
  max,
  step,
  decimals = 0,
  prefix,
  suffix,
  ...rest
}: NumberFieldProps) {
  const { language } = useI18n();
  return (
    <NumberInput
      {...useShared(rest)}
      value={value ?? ""}
      onChange={(next) => onChange(numberOf(next))}
      min={min}
      max={max}
      step={step}
      decimalScale={decimals}
      decimalSeparator={language === "nl" ? "," : "."}
      thousandSeparator={language === "nl" ? "." : ","}
      prefix={prefix}
      suffix={suffix}
      hideControls
    />
  );
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
  const { withAsterisk: _, required: __, ...shared } = useShared(rest);
  return <Switch {...shared} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

export function CheckField({ checked, onChange, ...rest }: SwitchFieldProps) {
  const { withAsterisk: _, required: __, ...shared } = useShared(rest);
  return <Checkbox {...shared} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}
