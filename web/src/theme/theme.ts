import {
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
  createTheme,
  defaultCssVariablesResolver,
  defaultVariantColorsResolver,
} from "@mantine/core";

/** The only meanings that a colour may have. */
export const meanings = ["lead", "prospect", "opportunity", "customer", "nurture", "danger"] as const;
export type Meaning = (typeof meanings)[number];

/** The four stages of the funnel, in order. */
export const stages = ["lead", "prospect", "opportunity", "customer"] as const;
export type Stage = (typeof stages)[number];

/** Mantine wants ten shades of a colour; ours are one value that follows light and dark by itself. */
function oneShade(name: Meaning): MantineColorsTuple {
  return Array.from({ length: 10 }, () => `var(--${name})`) as unknown as MantineColorsTuple;
}

/** Mantine's greys in our tokens, which follow light and dark by themselves. `dark` is what it uses in dark mode. */
const tuple = (...names: string[]) => names.map((name) => `var(--${name})`) as unknown as MantineColorsTuple;
const greys = {
  gray: tuple("sunken", "ink-soft", "ink-soft", "line", "line-strong", "muted", "muted", "ink", "ink", "ink"),
  dark: tuple("ink", "ink", "muted", "muted", "line-strong", "ink-soft", "surface", "paper", "sunken", "sunken"),
};

/** Mantine writes white on filled colours; on our light-on-dark colours that cannot be read. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  return input.variant === "filled" ? { ...resolved, color: "var(--on-colour)" } : resolved;
};

export const theme = createTheme({
  variantColorResolver,
  colors: {
    ...greys,
    ...(Object.fromEntries(meanings.map((name) => [name, oneShade(name)])) as Record<Meaning, MantineColorsTuple>),
  },
  primaryColor: "customer",
  fontFamily: "var(--font)",
  headings: {
    fontFamily: "var(--font)",
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "24px", lineHeight: "32px" },
      h2: { fontSize: "18px", lineHeight: "28px" },
      h3: { fontSize: "16px", lineHeight: "24px" },
    },
  },
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "16px", xl: "18px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "8px", xl: "16px" },
  defaultRadius: "md",
  shadows: { xs: "none", sm: "none", md: "var(--float-shadow)", lg: "var(--float-shadow)", xl: "var(--float-shadow)" },
  respectReducedMotion: true,
  cursorType: "pointer",
  // By night the lines between the choices are louder than the choice.
  components: { SegmentedControl: { defaultProps: { withItemsBorders: false } } },
});

/** Every variable that Mantine derives from a colour, said in our tokens, so that both modes stay readable. */
export const cssVariablesResolver: CSSVariablesResolver = (mantine) => {
  const base = defaultCssVariablesResolver(mantine);
  const shared: Record<string, string> = {
    "--mantine-color-body": "var(--paper)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-bright": "var(--ink)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-placeholder": "var(--muted)",
    "--mantine-color-anchor": "var(--customer)",
    "--mantine-color-error": "var(--danger)",
    "--mantine-color-success": "var(--customer)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--sunken)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-disabled": "var(--sunken)",
    "--mantine-color-disabled-color": "var(--muted)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-primary-color-contrast": "var(--on-colour)",
    // What stands back: the arrows and crosses of a page. Mantine's own grey cannot be seen on our dark paper.
    "--mantine-color-gray-text": "var(--muted)",
    "--mantine-color-gray-light-color": "var(--muted)",
    "--mantine-color-gray-light-hover": "var(--sunken)",
  };
  for (const name of meanings) {
    shared[`--mantine-color-${name}-text`] = `var(--${name})`;
    shared[`--mantine-color-${name}-filled`] = `var(--${name})`;
    shared[`--mantine-color-${name}-filled-hover`] = `color-mix(in srgb, var(--${name}) 86%, var(--ink))`;
    shared[`--mantine-color-${name}-light`] = `var(--${name}-soft)`;
    shared[`--mantine-color-${name}-light-hover`] = `color-mix(in srgb, var(--${name}-soft) 80%, var(--${name}) 8%)`;
    shared[`--mantine-color-${name}-light-color`] = `var(--${name})`;
    shared[`--mantine-color-${name}-outline`] = `var(--${name})`;
    shared[`--mantine-color-${name}-outline-hover`] = `var(--${name}-soft)`;
    shared[`--mantine-color-${name}-contrast`] = "var(--on-colour)";
  }
  return {
    variables: base.variables,
    light: { ...base.light, ...shared },
    dark: { ...base.dark, ...shared },
  };
};
