import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: string;
  /** One short line beside the title: a definition, a sum. */
  about?: ReactNode;
  /** The page's buttons. */
  actions?: ReactNode;
  /** The body is a list or board that fills what there is and scrolls by itself. */
  fills?: boolean;
  children: ReactNode;
}

/** What every page has: its name in the window's title and in one heading, its buttons, its body. */
export function Page({ title, about, actions, fills = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Kiem`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{title}</h1>
        <div className={classes.about}>{about}</div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={`${classes.body} ${fills ? classes.fills : classes.scrolls}`} data-page-body>
        {children}
      </div>
    </div>
  );
}
