import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** A link to the record of a company. */
export function CompanyLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to="/companies/{-$id}" params={{ id }} search={{}}>
      {children}
    </Link>
  );
}
