const FAR_ABOVE = 3;
const HEADROOM = 1.25;

/** Where the axis of bars ends. One far above all others, as that of scores near 0 is, is cut there: the others would be flat beside it. */
export function axisTop(totals: readonly number[]): number {
  const [highest = 0, second = 0] = [...totals].sort((a, b) => b - a);
  return second > 0 && highest > FAR_ABOVE * second ? Math.ceil(second * HEADROOM) : Math.max(1, highest);
}
