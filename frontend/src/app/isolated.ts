/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Marks without a shape that turn the direction of what stands behind them, on the page too. */
const TURNING_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = "\u2068";
const END_OF_ISOLATE = "\u2069";

/** A name as a part of a sentence: its direction is its own, and the sentence keeps its order. */
export function isolated(name: string): string {
  const text = name.replace(TURNING_MARKS, "");
  return RIGHT_TO_LEFT.test(text) ? `${FIRST_STRONG_ISOLATE}${text}${END_OF_ISOLATE}` : text;
}
