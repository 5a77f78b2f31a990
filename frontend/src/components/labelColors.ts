/** Label colours that colour-blind people can tell apart: Okabe-Ito first, then lighter and darker turns of them. */
export const LABEL_PALETTE = [
  "#E69F00",
  "#56B4E9",
  "#CC79A7",
  "#009E73",
  "#D55E00",
  "#F0E442",
  "#0072B2",
  "#FFC95C",
  "#A6D8F5",
  "#E8B4CF",
  "#5CCFAC",
  "#FF9A57",
  "#A89C00",
  "#5AA9DD",
] as const;

const INKS: Readonly<Record<string, string>> = {
  "#E69F00": "#A87400",
  "#56B4E9": "#1F7FB8",
  "#CC79A7": "#B0568A",
  "#009E73": "#008560",
  "#D55E00": "#C05400",
  "#F0E442": "#8A7F00",
  "#0072B2": "#0072B2",
};

/** The first colour of the palette that no label has yet; after the last it begins again. */
export function nextLabelColor(taken: readonly string[]): string {
  const used = new Set(taken.map((color) => color.toUpperCase()));
  return (
    LABEL_PALETTE.find((color) => !used.has(color)) ?? LABEL_PALETTE[taken.length % LABEL_PALETTE.length] ?? "#E69F00"
  );
}

/** The colour as text or curve: darker on a white ground, as it is on a dark one. */
export function labelInk(color: string, theme: "light" | "dark"): string {
  if (theme === "dark") return color;
  return INKS[color.toUpperCase()] ?? `color-mix(in srgb, ${color} 68%, black)`;
}
