import type { ReactNode } from "react";
import { pageName, siteAddress } from "./website";

/** A company's site as a link, which opens beside Kiem; as it was written down when it is no address of the web. */
export function siteLink(website: string | null | undefined): ReactNode {
  if (website == null || website === "") return null;
  const url = siteAddress(website);
  if (url === undefined) return website;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {pageName(url)}
    </a>
  );
}
