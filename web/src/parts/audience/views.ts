/** The views of the audience, in the order of their tabs. */
export const views = [
  "lists",
  "completeness",
  "duplicates",
  "profile",
  "websites",
  "register",
  "informing",
  "requests",
  "suppressions",
] as const;
export type View = (typeof views)[number];
