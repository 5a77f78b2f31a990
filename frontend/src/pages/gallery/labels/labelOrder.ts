/** Moving a label: the list in its new order, and what must be stored for it. */
import type { LabelClass } from "../../../api/types.ts";

/** The labels with one moved to a place; each one's position is its place then. */
export function moveLabel(labels: readonly LabelClass[], id: number, to: number): LabelClass[] {
  const moved = labels.find((label) => label.id === id);
  const others = labels.filter((label) => label.id !== id);
  if (moved) others.splice(Math.max(0, Math.min(to, others.length)), 0, moved);
  return others.map((label, position) => ({ ...label, position }));
}

/** The labels whose position is another than it was. */
export function changedPositions(before: readonly LabelClass[], after: readonly LabelClass[]): LabelClass[] {
  const positions = new Map(before.map(({ id, position }) => [id, position]));
  return after.filter(({ id, position }) => positions.get(id) !== position);
}

/** The place of a label that is dropped on the edge before or after another one. */
export function dropPlace(labels: readonly LabelClass[], draggedId: number, edge: DropEdge): number {
  const others = labels.filter(({ id }) => id !== draggedId);
  const at = others.findIndex(({ id }) => id === edge.labelId);
  if (at === -1) return labels.findIndex(({ id }) => id === draggedId);
  return edge.isAfter ? at + 1 : at;
}

export interface DropEdge {
  labelId: number;
  isAfter: boolean;
}
