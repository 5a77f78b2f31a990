import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { deletions } from "./deletions.ts";
import type { GalleryFilter } from "./galleryFilter.ts";
import {
  meantBy,
  NOTHING_SELECTED,
  type Selection,
  selectAll,
  selectBand,
  selectOnly,
  selectRange,
  toggle,
  without,
} from "./selection.ts";
import { type Gallery, idsQuery } from "./useGallery.ts";
import type { Modifiers } from "./useGridEvents.ts";

/** The gallery's selection. It outlives a change of the filter only as far as its images are still shown. */
export function useGallerySelection(projectId: number, filter: GalleryFilter, gallery: Gallery) {
  const client = useQueryClient();
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  /** What was selected when the band that is being drawn began. */
  const beforeBand = useRef<Selection | null>(null);
  const { order } = gallery;
  const ids = useMemo(
    () => (selection.ids.size === 0 ? [] : order.filter((id) => selection.ids.has(id))),
    [order, selection],
  );
  const isAllKnown = gallery.order.length >= gallery.total;

  /** Every id under the filter; of a large project they may have to be fetched first. */
  const wholeOrder = async (): Promise<readonly number[]> => {
    if (isAllKnown) return gallery.order;
    const all = await client.fetchQuery(idsQuery(projectId, filter));
    return all.filter((id) => !deletions.hidden.has(id));
  };

  return {
    selection,
    /** In the gallery's order. */
    ids,
    clear: () => setSelection(NOTHING_SELECTED),
    toggle: (id: number) => setSelection(toggle(selection, id)),
    all: async () => setSelection(selectAll(await wholeOrder())),
    forget: (ids: readonly number[]) => setSelection(without(selection, new Set(ids))),
    /** Makes an image part of what an action means, and gives those images. */
    mean: (id: number): readonly number[] => {
      const meant = meantBy(selection, id);
      setSelection(meant);
      return gallery.order.filter((shown) => meant.ids.has(shown));
    },
    pick: async (id: number, { toggle: isToggle, range, from }: Modifiers) => {
      if (range) setSelection(selectRange(selection, id, await wholeOrder(), { keepOthers: isToggle, from }));
      else if (isToggle) setSelection(toggle(selection, id));
      else setSelection(selectOnly(id));
    },
    band: (banded: readonly number[], { adding }: { adding: boolean }) => {
      beforeBand.current ??= selection;
      setSelection(selectBand(beforeBand.current, banded, { keepOthers: adding }));
    },
    endBand: () => {
      beforeBand.current = null;
    },
    cancelBand: () => {
      if (beforeBand.current !== null) setSelection(beforeBand.current);
      beforeBand.current = null;
    },
  };
}
