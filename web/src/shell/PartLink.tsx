import { Link } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";
import type { PlaceId } from "./places";

interface PartLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  part: PlaceId;
  /** What is to be open in it; nothing unless told. */
  id?: string;
  search?: Record<string, string>;
  ref?: Ref<HTMLAnchorElement>;
}

/** A link to a part of the page, or to one thing in it: `<PartLink part="prospects" id={id}>`. */
export function PartLink({ part, id, search = {}, ...rest }: PartLinkProps) {
  return <Link to={`/${part}/{-$id}`} params={{ id }} search={search} {...rest} />;
}
