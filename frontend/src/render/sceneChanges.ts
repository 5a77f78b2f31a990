/** What of the scene has to be drawn anew. */

/** With more objects changed than this all are drawn. */
export const MOST_CHANGES = 10;

/** The objects that came, went or became others; null where the drawing order of the rest is another, too. */
export function sceneChanges<T>(before: readonly T[], now: readonly T[]): readonly T[] | null {
  const [then, there] = [new Set(before), new Set(now)];
  const stayed = before.filter((object) => there.has(object));
  let at = 0;
  for (const object of now) if (then.has(object) && stayed[at++] !== object) return null;
  return [...before.filter((object) => !there.has(object)), ...now.filter((object) => !then.has(object))];
}
