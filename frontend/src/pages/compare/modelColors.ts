import { labelInk } from "../../components/labelColors.ts";

/** Of the models in the order of the address, apart for colour-blind people too; the server compares six at most. */
const COLORS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"] as const;
/** On a dark ground the first is too dark. */
const FIRST_ON_DARK = "#5AA9DD";

export function modelColor(place: number, theme: "light" | "dark"): string {
  if (place === 0 && theme === "dark") return FIRST_ON_DARK;
  return labelInk(COLORS[place % COLORS.length] ?? COLORS[0], theme);
}
