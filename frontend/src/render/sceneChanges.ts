/** What of the scene has to be drawn anew. */
import type { Instance } from "../editor/instance.ts";

/** The objects that came, went or became others; null where the drawing order of the rest is another, too. */
export function sceneChanges(before: readonly Instance[], now: readonly Instance[]): readonly Instance[] | null {
  const [then, there] = [new Set(before), new Set(now)];
  const stayed = before.filter((instance) => there.has(instance));
  let at = 0;
  for (const instance of now) if (then.has(instance) && stayed[at++] !== instance) return null;
  return [...before.filter((instance) => !there.has(instance)), ...now.filter((instance) => !then.has(instance))];
}
