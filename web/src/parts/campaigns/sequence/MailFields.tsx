import { Button, Menu, TextInput, Textarea } from "@mantine/core";
import { type RefObject, useRef } from "react";
import { type ApiProblem, fieldSentence } from "~/api/problem";
import { useI18n } from "~/i18n";
import { Icon } from "~/kit/icons";
import classes from "../Campaigns.module.css";
import type { StepDraft } from "./steps";
import { type VariableName, doubts, insertAt, variables, written } from "./variables";

interface MailFieldsProps {
  step: StepDraft;
  isFirst: boolean;
  subjectName: string;
  bodyName: string;
  problem: ApiProblem | null;
  onChange: (part: Partial<StepDraft>) => void;
}

type Field = "subject" | "body";

/** Subject and text of a mail; what is known of a lead is put in from a menu, where the cursor last stood. */
export function MailFields({ step, isFirst, subjectName, bodyName, problem, onChange }: MailFieldsProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const subject = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLTextAreaElement>(null);
  const last = useRef<Field>("body");
  const insert = (name: VariableName) => {
    const field = last.current;
    const element: RefObject<HTMLInputElement | HTMLTextAreaElement | null> = field === "subject" ? subject : body;
    const text = step[field] ?? "";
    const start = element.current?.selectionStart ?? text.length;
    const end = element.current?.selectionEnd ?? text.length;
    const next = insertAt(text, written(name, t(`campaigns.fallback.${name}`)), start, end);
    onChange({ [field]: next.text });
    requestAnimationFrame(() => {
      element.current?.focus();
      element.current?.setSelectionRange(next.cursor, next.cursor);
    });
  };
  return (
    <div className={classes.mailFields}>
      <TextInput
        ref={subject}
        label={t("campaigns.mail.subject")}
        description={isFirst ? undefined : t("campaigns.mail.subject.follow_up")}
        name={subjectName}
        value={step.subject ?? ""}
        onChange={(event) => onChange({ subject: event.currentTarget.value })}
        onFocus={() => (last.current = "subject")}
        error={fieldSentence(problem?.field(subjectName), i18n)}
      />
      <Textarea
        ref={body}
        label={t("campaigns.mail.body")}
        name={bodyName}
        value={step.body ?? ""}
        onChange={(event) => onChange({ body: event.currentTarget.value })}
        onFocus={() => (last.current = "body")}
        rows={9}
        styles={{ input: { resize: "vertical", fontSize: "var(--text-read)", lineHeight: "24px" } }}
        error={fieldSentence(problem?.field(bodyName), i18n)}
      />
      <div className={classes.mailTools}>
        <VariableMenu onPick={insert} />
        <span className={classes.hint}>{t("campaigns.mail.footer")}</span>
      </div>
      <Doubts text={`${step.subject ?? ""}\n${step.body ?? ""}`} />
    </div>
  );
}

function VariableMenu({ onPick }: { onPick: (name: VariableName) => void }) {
  const { t } = useI18n();
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="plus" size={14} />}>
          {t("campaigns.mail.insert")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {variables.map(({ name, mayLack }) => (
          <Menu.Item
            key={name}
            onClick={() => onPick(name)}
            rightSection={<code className={classes.code}>{name}</code>}
          >
            {t(`campaigns.variable.${name}`)}
            {mayLack && <span className={classes.muted}> · {t("campaigns.variable.may_lack")}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** While writing: which places could keep a mail from going out, and how to mend them. */
function Doubts({ text }: { text: string }) {
  const { t } = useI18n();
  const { bare, unknown } = doubts(text);
  return (
    <>
      {unknown.length > 0 && (
        <p className={classes.refused} role="status">
          {t("campaigns.mail.unknown", { names: unknown.join(", ") })}
        </p>
      )}
      {bare.length > 0 && (
        <p className={classes.hint} role="status">
          {t("campaigns.mail.bare", { names: bare.join(", "), example: `{{ ${bare[0]} | fallback("…") }}` })}
        </p>
      )}
    </>
  );
}
