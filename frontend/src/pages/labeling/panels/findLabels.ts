/** Finding a label by some of its letters. */
import type { LabelClass } from "../../../api/types.ts";

/** The labels that hold these letters in order ("hzn" finds hazelnut): first those that begin with them, then those that hold them in one piece. */
export function findLabels(labels: readonly LabelClass[], letters: string): LabelClass[] {
  const wanted = letters.trim().toLowerCase();
  const found = labels.filter(({ name }) => holdsInOrder(name.toLowerCase(), wanted));
  return found.toSorted((a, b) => distanceFrom(wanted, a.name) - distanceFrom(wanted, b.name));
}

function holdsInOrder(name: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = name.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** The name itself is nearest. */
function distanceFrom(letters: string, name: string): number {
  const lower = name.toLowerCase();
  if (lower === letters) return 0;
  if (lower.startsWith(letters)) return 1;
  return lower.includes(letters) ? 2 : 3;
}
