import { useI18n } from "~/i18n";

/** The name of a meaning that a column can have. */
export function useFieldName(): (field: string) => string {
  const { t, known } = useI18n();
  return (field) => {
    const key = known(`audience.field.${field}`);
    return key === undefined ? field : t(key);
  };
}
