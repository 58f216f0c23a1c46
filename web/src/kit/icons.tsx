import type { ReactNode, SVGProps } from "react";
import type { Stage } from "~/theme/theme";

/** All icons are drawn on 24 by 24, in strokes of 1.75, so that they look like one hand drew them. */
const strokes = {
  today: (
    <path d="M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8M15.8 12a3.8 3.8 0 1 1-7.6 0 3.8 3.8 0 0 1 7.6 0Z" />
  ),
  inbox: <path d="M3.5 13.5 6 5.5h12l2.5 8v5h-17v-5Zm0 0H8l1.3 2.5h5.4l1.3-2.5h4.5" />,
  campaigns: <path d="M20.5 3.5 3.5 10l6.5 3.5m10.5-10L14 20.5l-4-7m10.5-10L10 13.5" />,
  audience: <path d="M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-4.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-4h.01" />,
  funnel: <path d="M3.5 4.5h17l-6.5 8v5.5l-4 2v-7.5l-6.5-8Z" />,
  planner: <path d="M5 20.5V4m0 .5h13.5l-3 4 3 4H5" />,
  settings: (
    <path d="M4 7h8.5M17.5 7H20M4 17h2.5M11.5 17H20M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z" />
  ),
  practice: (
    <path d="M9.5 3.5h5M10.5 3.5v6L5 18.3c-.7 1.1.1 2.2 1.3 2.2h11.4c1.2 0 2-1.1 1.3-2.2L13.5 9.5v-6M7.7 15h8.6" />
  ),
  bell: <path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5Zm4 4a2.2 2.2 0 0 0 4 0" />,
  search: <path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.7-1.8 5 5" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  more: <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" strokeWidth={3} />,
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  archive: <path d="M4.5 8.5h15v11.5h-15V8.5ZM3.5 4.5h17v4h-17v-4Zm6 8h5" />,
  down: <path d="m6 9.5 6 6 6-6" />,
  up: <path d="m6 14.5 6-6 6 6" />,
  left: <path d="m14.5 6-6 6 6 6" />,
  right: <path d="m9.5 6 6 6-6 6" />,
  arrow: <path d="M4 12h15m-5.5-5.5L19 12l-5.5 5.5" />,
  sun: (
    <path d="M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13v1.5m0 15V21M3 12h1.5m15 0H21M5.6 5.6l1.1 1.1m10.6 10.6 1.1 1.1m0-12.8-1.1 1.1M6.7 17.3l-1.1 1.1" />
  ),
  moon: <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z" />,
  auto: <path d="M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-17v17m0-14c3 0 5.5 2.5 5.5 5.5S15 17.5 12 17.5" />,
  globe: (
    <path d="M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm-8.5-8.5h17M12 3.5c2.3 2.3 3.5 5.2 3.5 8.5s-1.2 6.2-3.5 8.5c-2.3-2.3-3.5-5.2-3.5-8.5s1.2-6.2 3.5-8.5Z" />
  ),
  keyboard: <path d="M3.5 6.5h17v11h-17v-11Zm4 7.5h9M7 10h.01m3.3 0h.01m3.3 0h.01m3.3 0h.01" />,
  logout: <path d="M14 4.5H5.5v15H14M10 12h10.5m-4-4 4 4-4 4" />,
  reply: <path d="m9 6-5.5 5.5L9 17m-5-5.5h9.5c4 0 6.5 2 7 6.5" />,
  appointment: <path d="M4 6.5h16v13.5H4V6.5Zm0 4.5h16M8.5 3.5v5m7-5v5m-6.5 7 2 2 4-4" />,
  visits: (
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z" />
  ),
  case_study: (
    <path d="M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5c-3.5 0-6.5.5-8.5 2Zm0 0V20" />
  ),
  quote_request: (
    <path d="M6 3.5h8.5L18.5 8v12.5H6v-17Zm8 0V8.5h4.5M15 11.7c-2.7-1.4-4.7.1-4.7 2.3s2 3.7 4.7 2.3m-6-3.2h4m-4 1.9h4" />
  ),
  mail: <path d="M3.5 5.5h17v13h-17v-13Zm.5.5 8 7 8-7" />,
  phone: <path d="M7.5 3.5H4.5c0 9 7 16 16 16v-3.5l-4-2-2 2c-2.5-1-4.5-3-5.5-5.5l2-2-2-4.5Z" />,
  note: <path d="M4.5 4.5h15v9.5l-5.5 5.5h-9.5v-15Zm15 9.5H14v5.5M8 9h8M8 12.5h4" />,
  task: <path d="M4.5 4.5h15v15h-15v-15Zm4 7.5 2.5 2.5 4.5-5" />,
  letter: <path d="M6 3.5h12v17H6v-17Zm3 4.5h6M9 12h6M9 16h3.5" />,
  link: <path d="m10 14 4-4m-6.5 1L5 13.5a3.9 3.9 0 0 0 5.5 5.5l2.5-2.5m3.5-3.5 2.5-2.5A3.9 3.9 0 0 0 13.5 5L11 7.5" />,
  person: <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5c.5-4 3.5-6 7.5-6s7 2 7.5 6" />,
  company: <path d="M4.5 20.5V4.5h9v16m0-11h6v11M2.5 20.5h19M8 8.5h2M8 12h2M8 15.5h2m6.5-2h.01m-.01 3.5h.01" />,
  upload: <path d="M12 15.5V4m-5 5 5-5 5 5M4.5 15.5v4h15v-4" />,
  download: <path d="M12 4v11.5m-5-5 5 5 5-5M4.5 15.5v4h15v-4" />,
  filter: <path d="M4 6.5h16M7 12h10M10 17.5h4" />,
  undo: <path d="m8 5-4.5 4.5L8 14m-4-4.5h10a5.5 5.5 0 0 1 0 11H9" />,
  warning: <path d="M12 4 2.5 20h19L12 4Zm0 6v4.5m0 2.5v.01" />,
  info: <path d="M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-9v5m0-8.5v.01" />,
  clock: <path d="M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-13.5v5l3.5 2" />,
  frost: <path d="M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5 12 7l2.5-2.5m-5 15L12 17l2.5 2.5" />,
  flag: <path d="M5.5 21V4m0 0c4-2 7 2 13 0v9c-6 2-9-2-13 0" />,
  flame: (
    <path d="M12 21a6.5 6.5 0 0 1-6.5-6.5c0-4 3-5 4-8.5.3-1 .3-2 0-3 4 1.5 5 4.5 5 7 .8-.4 1.3-1.2 1.5-2 1.8 1.7 2.5 4 2.5 6.5A6.5 6.5 0 0 1 12 21Z" />
  ),
  edit: <path d="m4.5 19.5 1-4L16 5l3 3L8.5 18.5l-4 1Z" />,
  trash: <path d="M4.5 6.5h15M9.5 6.5v-2.5h5v2.5m-8.5 0 1 14h10l1-14" />,
  play: <path d="M7 4.5v15l12-7.5-12-7.5Z" />,
  pause: <path d="M8 5v14m8-14v14" />,
  split: <path d="M3.5 4.5h17v15h-17v-15Zm8.5 0v15" />,
  rows: <path d="M4 6h16M4 10h16M4 14h16M4 18h16" />,
  sorted: <path d="M12 18.5v-13m-5 5 5-5 5 5" />,
  star: <path d="m12 4 2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6L12 4Z" />,
  workspace: <path d="M4 4.5h6.5V11H4V4.5Zm9.5 0H20V11h-6.5V4.5ZM4 14h6.5v6.5H4V14Zm9.5 0H20v6.5h-6.5V14Z" />,
  // The four stages: seed, sprout, bud, fruit. What a plant does between sowing and harvest.
  lead: (
    <path d="M12 20c-3.6 0-6-2.6-6-6.3C6 9.3 9 6 12 4c3 2 6 5.3 6 9.7 0 3.7-2.4 6.3-6 6.3Zm0-4.5c-1.3 0-2.3-1-2.3-2.4" />
  ),
  prospect: (
    <path d="M12 20.5V12m0 0C12 7.8 9.3 5 4 4.7 3.8 9.6 6.6 12.3 12 12Zm0 2.5c0-3.5 2.6-6 8-6.2.2 4.3-2.7 6.5-8 6.2Z" />
  ),
  opportunity: (
    <path d="M12 21v-7m0 0c-3.7 0-5.8-2-5.8-5.2 0-2 .9-3.8 1.8-5.3 1.2.7 2 1.4 2.5 2.2.3-1.1.8-2 1.5-2.9.7.9 1.2 1.8 1.5 2.9.5-.8 1.3-1.5 2.5-2.2.9 1.5 1.8 3.3 1.8 5.3 0 3.2-2.1 5.2-5.8 5.2Zm0 5c2.5 0 4.3-1 5-3m-5 3c-2.5 0-4.3-1-5-3" />
  ),
  customer: (
    <path d="M12 8c-1.5-1.2-3.2-1.5-4.7-1-2.5.8-3.6 3.5-3.1 6.6.6 3.9 3.2 7.1 5.5 6.9.9-.1 1.5-.5 2.3-.5s1.4.4 2.3.5c2.3.2 4.9-3 5.5-6.9.5-3.1-.6-5.8-3.1-6.6-1.5-.5-3.2-.2-4.7 1Zm0 0c0-2.3 1.2-4 3.5-4.8" />
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof strokes;

interface IconProps extends Omit<SVGProps<SVGSVGElement>, "name"> {
  name: IconName;
  /** Width and height in pixels; 20 unless told. */
  size?: number;
  /** Said by screen readers. Without it the icon is decoration beside its word. */
  label?: string;
}

export function Icon({ name, size = 20, label, ...rest }: IconProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label === undefined ? undefined : "img"}
      aria-label={label}
      aria-hidden={label === undefined ? true : undefined}
      focusable={false}
      {...rest}
    >
      {strokes[name]}
    </svg>
  );
}

/** The drawing of a stage for use inside a picture's own `<svg>`, on 24 by 24 around the origin's corner. */
export function StageGlyph({ stage }: { stage: Stage }) {
  return (
    <g fill="none" stroke="currentColor" strokeWidth={1.75} strokeLinecap="round" strokeLinejoin="round">
      {strokes[stage]}
    </g>
  );
}

/** Any icon's strokes for use inside a picture's own `<svg>`. */
export function IconGlyph({ name }: { name: IconName }) {
  return (
    <g fill="none" stroke="currentColor" strokeWidth={1.75} strokeLinecap="round" strokeLinejoin="round">
      {strokes[name]}
    </g>
  );
}
