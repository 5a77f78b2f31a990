/**
 * Whether two texts look the same to whoever reads and types them: however an accented letter is composed, however wide
 * a gap is, and without what has no shape of its own.
 */
export function isSameText(one: string, other: string): boolean {
  return asSeen(one) === asSeen(other);
}

function asSeen(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}
