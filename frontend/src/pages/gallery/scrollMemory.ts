/** How far each view was scrolled, so that coming back from an image shows the same place. */

const offsets = new Map<string, number>();

export function rememberScroll(viewKey: string, offset: number): void {
  offsets.set(viewKey, offset);
}

export function recallScroll(viewKey: string): number {
  return offsets.get(viewKey) ?? 0;
}
