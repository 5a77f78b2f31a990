import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { markBackground } from "../../../api/markBackground.ts";
import { formatCount } from "../../../components/format.ts";
import { showToast } from "../../../components/toasts.ts";
import type { GalleryFilter } from "../galleryFilter.ts";
import { type Gallery, imagesKey, readAnew } from "../useGallery.ts";

/** Says that nothing is on images or takes that back, tells how many changed, and can put those back where they are known. */
export function useSetBackground(projectId: number, filter: GalleryFilter, gallery: Gallery) {
  const { t } = useTranslation(["gallery", "common"]);
  const client = useQueryClient();

  const apply = async (ids: readonly number[], background: boolean) => {
    const known = ids.filter((id) => gallery.itemOf(id)?.background === !background);
    try {
      const { changed } = await markBackground(projectId, ids, background);
      gallery.changeItems(new Set(known), { background, labeled: background });
      await readAnew(client, projectId, { changesList: filter.labeled !== null });
      // what the editor knows of images
      await client.invalidateQueries({ queryKey: ["images"] });
      return { known, changed };
    } catch (error) {
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
      await client.invalidateQueries({ queryKey: imagesKey(projectId) });
      return null;
    }
  };

  return async (ids: readonly number[], background: boolean): Promise<void> => {
    const done = await apply(ids, background);
    if (!done) return;
    const { known, changed } = done;
    const words = { count: changed, shown: formatCount(changed) };
    const text = background ? t("gallery:background.marked", words) : t("gallery:background.takenBack", words);
    const undo = { text: t("common:undo"), run: () => void apply(known, !background) };
    // of images that were never in sight nobody knows which ones to put back
    showToast(text, changed > 0 && known.length === changed ? { action: undo } : {});
  };
}
