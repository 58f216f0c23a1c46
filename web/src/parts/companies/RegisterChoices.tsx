import { Button } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "~/i18n";
import { notifyDone, notifyProblem } from "~/kit/notify";
import { useMayChangeFacts } from "./calls";
import classes from "./Companies.module.css";
import {
  type RegisterReading,
  type RegisterTaking,
  contradictions,
  mills,
  useChooseInRegister,
  useRefuseInRegister,
  useRegisterAccess,
  useTakeFromRegister,
} from "./register";

/** The companies that it may be. Who said that it is none of them may look at them once more. */
export function Candidates({ id, reading }: { id: string; reading: RegisterReading }) {
  const { t, format } = useI18n();
  const price = useRegisterAccess().data?.price_mills ?? 0;
  const [isLooking, setLooking] = useState(false);
  const mayChoose = useMayChangeFacts();
  const isRefused = reading.refused_at != null;
  if (isRefused && !isLooking)
    return mayChoose ? (
      <Button variant="default" size="xs" onClick={() => setLooking(true)}>
        {t("companies.register.look_again")}
      </Button>
    ) : null;
  return (
    <>
      <ul className={classes.list}>
        {reading.candidates.map((one) => (
          <li key={one.kvk_number} className={classes.person}>
            <span>
              {one.name}
              <span className={classes.typed}>
                {[one.kvk_number, one.street, one.city].filter((part) => part != null).join(", ")}
              </span>
            </span>
            <Choose
              id={id}
              number={one.kvk_number}
              price={price}
              label={t("companies.register.this_one", { price: mills(format, price) })}
              of={one.name}
            />
          </li>
        ))}
      </ul>
      {!isRefused && <NoneOfThese id={id} />}
    </>
  );
}

function NoneOfThese({ id }: { id: string }) {
  const i18n = useI18n();
  const refuse = useRefuseInRegister(id);
  const mayChoose = useMayChangeFacts();
  if (!mayChoose) return null;
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        loading={refuse.isPending}
        onClick={() => refuse.mutate(undefined, { onError: (error) => notifyProblem(error, i18n) })}
      >
        {i18n.t("companies.register.none_of_these")}
      </Button>
    </div>
  );
}

/** Where a person typed in something else than the register says; each can be the register's after all. */
export function Differences({ id, takings }: { id: string; takings: readonly RegisterTaking[] }) {
  const i18n = useI18n();
  const { t, known } = i18n;
  const take = useTakeFromRegister(id);
  const mayChange = useMayChangeFacts();
  const differs = contradictions(takings);
  if (differs.length === 0) return null;
  const wordOf = (field: string) => {
    const key = known(`companies.fact.${field}`);
    return key === undefined ? field : t(key);
  };
  const says = (value: string) => (value === "yes" || value === "no" ? t(`lists.${value}`) : value);
  return (
    <>
      <h3 className={classes.subhead}>{t("companies.register.differs")}</h3>
      <ul className={classes.list}>
        {differs.map(({ field, known: ours, said }) => (
          <li key={field} className={classes.person}>
            <span>
              {t("companies.register.difference", { field: wordOf(field), known: says(ours), said: says(said) })}
            </span>
            {mayChange && (
              <Button
                variant="default"
                size="xs"
                loading={take.isPending && take.variables === field}
                aria-label={t("companies.register.take.of", { field: wordOf(field), said: says(said) })}
                onClick={() =>
                  take.mutate(field, {
                    onSuccess: () => notifyDone(t("companies.register.taken", { field: wordOf(field) })),
                    onError: (error) => notifyProblem(error, i18n),
                  })
                }
              >
                {t("companies.register.take")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

interface ChooseProps {
  id: string;
  number: string;
  price: number;
  label: string;
  /** Which of several the button is about. */
  of?: string;
}

/** Says which company of the register it is. */
export function Choose({ id, number, price, label, of }: ChooseProps) {
  const i18n = useI18n();
  const choose = useChooseInRegister(id);
  const mayChoose = useMayChangeFacts();
  if (!mayChoose) return null;
  return (
    <Button
      variant="default"
      size="xs"
      loading={choose.isPending}
      aria-label={of === undefined ? undefined : `${of}: ${label}`}
      onClick={() =>
        choose.mutate({ kvk_number: number, agreed_mills: price }, { onError: (error) => notifyProblem(error, i18n) })
      }
    >
      {label}
    </Button>
  );
}
