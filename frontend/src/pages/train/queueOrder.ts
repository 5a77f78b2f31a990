/** Put the moved ids, in their present order, before or after the target; a target that moves itself changes nothing. */
export function movedTo(ids: readonly number[], moved: readonly number[], target: number, isAfter: boolean): number[] {
  if (moved.includes(target)) return [...ids];
  const rest = ids.filter((id) => !moved.includes(id));
  const at = rest.indexOf(target) + (isAfter ? 1 : 0);
  return [...rest.slice(0, at), ...ids.filter((id) => moved.includes(id)), ...rest.slice(at)];
}

/** The queue when some of its models change places among themselves; the others keep theirs. */
export function withOrder<T extends { id: number }>(queued: readonly T[], order: readonly number[]): T[] {
  const moved = order.flatMap((id) => queued.filter((model) => model.id === id));
  return queued.map((model) => (order.includes(model.id) ? (moved.shift() ?? model) : model));
}

/** Move one id by places, not beyond the ends. */
export function movedBy(ids: readonly number[], moved: number, places: number): number[] {
  const rest = ids.filter((id) => id !== moved);
  const at = Math.min(Math.max(ids.indexOf(moved) + places, 0), rest.length);
  return [...rest.slice(0, at), moved, ...rest.slice(at)];
}
