import classes from "./Profile.module.css";

interface TicksProps {
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  disabled: boolean;
  onChange: (chosen: string[]) => void;
}

/** Several of a few: each is a box to tick, so that it works by keyboard and by screen reader. */
export function Ticks({ label, options, chosen, disabled, onChange }: TicksProps) {
  return (
    <fieldset className={classes.ticks} disabled={disabled}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={(event) =>
              onChange(
                event.target.checked ? [...chosen, option.value] : chosen.filter((each) => each !== option.value),
              )
            }
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
