/** A document as lines of a table: `packages › torch`, "2.14.1". Lists of plain values stay on one line. */
export function flatten(value: unknown, path: readonly string[] = []): [string, string][] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object" || item === null)) return [[nameOf(path), value.join(", ")]];
    return value.flatMap((item, index) => flatten(item, [...path, String(index + 1)]));
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => flatten(inner, [...path, name]));
  }
  return [[nameOf(path), value === null ? "–" : String(value)]];
}

function nameOf(path: readonly string[]): string {
  return path.map((part) => part.replaceAll("_", " ")).join(" › ");
}
