import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { meanings } from "./theme";

const css = readFileSync("src/theme/tokens.css", "utf8");

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const modes = { light: tokens(":root"), dark: tokens(':root[data-mantine-color-scheme="dark"]') };

describe.each(Object.entries(modes))("%s", (_, colours) => {
  const pairs = [
    ...["ink", "muted", ...meanings].flatMap((text) =>
      ["paper", "surface", "sunken", "ink-soft"].map((ground) => [text, ground]),
    ),
    ...meanings.map((text) => [text, `${text}-soft`]),
    ...meanings.flatMap((name) => [
      ["ink", `${name}-soft`],
      ["muted", `${name}-soft`],
      ["on-colour", name],
    ]),
  ];

  it.each(pairs)("%s can be read on %s", (text, ground) => {
    expect(contrast(colours[text!]!, colours[ground!]!)).toBeGreaterThanOrEqual(4.5);
  });

  it("borders of controls can be seen", () => {
    expect(contrast(colours["line-strong"]!, colours.paper!)).toBeGreaterThanOrEqual(3);
    expect(contrast(colours["line-strong"]!, colours.surface!)).toBeGreaterThanOrEqual(3);
  });
});
