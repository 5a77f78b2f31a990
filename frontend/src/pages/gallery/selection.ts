/** Which images are selected, by the rules of file managers: click, Ctrl, Shift, all. */

export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** Where a Shift-click's range begins. */
  readonly anchor: number | null;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

export function selectOnly(id: number): Selection {
  return { ids: new Set([id]), anchor: id };
}

export function toggle(selection: Selection, id: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/**
 * Selects from the anchor to an image, both included; without an anchor from `from`, else that image alone.
 *
 * `order` is the gallery's order of ids. With `keepOthers` (Ctrl+Shift) what was selected stays so.
 */
export function selectRange(
  selection: Selection,
  id: number,
  order: readonly number[],
  options: { keepOthers: boolean; from?: number | undefined },
): Selection {
  const to = order.indexOf(id);
  const anchor = selection.anchor ?? options.from ?? id;
  const from = order.indexOf(anchor);
  if (from === -1 || to === -1) return selectOnly(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set(options.keepOthers ? [...selection.ids, ...range] : range), anchor };
}

export function selectAll(order: readonly number[]): Selection {
  return { ids: new Set(order), anchor: order[0] ?? null };
}

/** Selects what a band was drawn over; with `keepOthers` (Ctrl) what was selected before it stays so. */
export function selectBand(before: Selection, ids: readonly number[], options: { keepOthers: boolean }): Selection {
  const all = options.keepOthers ? [...before.ids, ...ids] : ids;
  return { ids: new Set(all), anchor: ids[0] ?? (options.keepOthers ? before.anchor : null) };
}

/** What an action means: the selection when it holds the image, else the image alone. */
export function meantBy(selection: Selection, id: number): Selection {
  return selection.ids.has(id) ? selection : selectOnly(id);
}

/** Lets go of images that are gone. */
export function without(selection: Selection, gone: ReadonlySet<number>): Selection {
  const ids = new Set([...selection.ids].filter((id) => !gone.has(id)));
  return { ids, anchor: selection.anchor !== null && gone.has(selection.anchor) ? null : selection.anchor };
}
