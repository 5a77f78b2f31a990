import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import { formatCount } from "../../../components/format.ts";
import { showToast } from "../../../components/toasts.ts";
import type { GalleryFilter } from "../galleryFilter.ts";
import { type Gallery, imagesKey, readAnew } from "../useGallery.ts";

/** Puts images into the validation set or takes them out, tells how many changed sides, and can put those back. */
export function useSetValidation(projectId: number, filter: GalleryFilter, gallery: Gallery) {
  const { t } = useTranslation(["gallery", "common"]);
  const client = useQueryClient();

  const apply = async (ids: readonly number[], validation: boolean): Promise<boolean> => {
    gallery.changeItems(new Set(ids), { validation });
    let isDone = true;
    try {
      await api.put(`/api/v1/projects/${projectId}/validation`, { image_ids: ids, validation });
    } catch (error) {
      isDone = false;
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
      await client.invalidateQueries({ queryKey: imagesKey(projectId) });
    }
    await readAnew(client, projectId, { changesList: filter.validation !== null });
    return isDone;
  };

  return async (ids: readonly number[], validation: boolean): Promise<void> => {
    const changing = await idsToChange(projectId, ids, validation, gallery.itemOf);
    if (changing.length > 0 && !(await apply(changing, validation))) return;
    const words = { count: changing.length, shown: formatCount(changing.length) };
    const text = validation ? t("gallery:addedToValidation", words) : t("gallery:removedFromValidation", words);
    const undo = { text: t("common:undo"), run: () => void apply(changing, !validation) };
    showToast(text, changing.length > 0 ? { action: undo } : {});
  };
}

/** Those on the other side. Of images that were never in sight the server has to be asked. */
async function idsToChange(
  projectId: number,
  ids: readonly number[],
  validation: boolean,
  itemOf: Gallery["itemOf"],
): Promise<readonly number[]> {
  if (ids.every((id) => itemOf(id) !== undefined)) return ids.filter((id) => itemOf(id)?.validation !== validation);
  const query = { validation: !validation };
  const { items } = await api.get<{ items: number[] }>(`/api/v1/projects/${projectId}/images/ids`, { query });
  const others = new Set(items);
  return ids.filter((id) => others.has(id));
}
