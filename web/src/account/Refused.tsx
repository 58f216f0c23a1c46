import type { ReactNode } from "react";
import { Icon } from "~/kit/icons";
import classes from "./Refused.module.css";

/** Why a form was not taken, said at once to who cannot see it. */
export function Refused({ children }: { children: ReactNode }) {
  return (
    <p className={classes.refused} role="alert">
      <Icon name="warning" size={18} />
      <span>{children}</span>
    </p>
  );
}
