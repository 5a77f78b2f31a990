/** What can be done with images of the gallery, by menu, bar and key alike. */
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { formatCount } from "../../components/format.ts";
import { dismissToast, showToast } from "../../components/toasts.ts";
import { chosenImagesKey } from "../labeling/work/imageRow.ts";
import { deletions } from "./deletions.ts";
import { type GalleryFilter, wordsOf } from "./galleryFilter.ts";
import type { Gallery } from "./useGallery.ts";
import { useSetValidation } from "./validation/useSetValidation.ts";

/** So many ids fit into an address that still can be sent to somebody. */
const IDS_IN_ADDRESS = 50;
/** The prediction page answers each while one waits. */
export const MAX_PREDICTED = 100;

export interface ImageActions {
  /** Opens the editor: one image with the filtered ones around it, or the images chosen. */
  label: (ids: readonly number[]) => void;
  /** Opens the editor with all images under the filter. */
  labelFiltered: () => void;
  predict: (ids: readonly number[], modelId: number) => void;
  setValidation: (ids: readonly number[], validation: boolean) => Promise<void>;
  remove: (ids: readonly number[]) => void;
}

export function useImageActions(projectId: number, filter: GalleryFilter, gallery: Gallery): ImageActions {
  const { t } = useTranslation(["gallery", "common"]);
  const navigate = useNavigate();
  const setValidation = useSetValidation(projectId, filter, gallery);

  const openEditor = (imageId: number | null, search: URLSearchParams) =>
    navigate(`/projects/${projectId}/label${imageId === null ? "" : `/${imageId}`}?${search}`);

  return {
    label: (ids) => {
      const [only] = ids;
      if (only === undefined) return;
      if (ids.length === 1) return openEditor(only, new URLSearchParams(wordsOf(filter)));
      if (ids.length <= IDS_IN_ADDRESS) return openEditor(only, new URLSearchParams({ ids: ids.join(",") }));
      sessionStorage.setItem(chosenImagesKey(projectId), ids.join(","));
      return openEditor(only, new URLSearchParams({ chosen: "" }));
    },
    labelFiltered: () => openEditor(null, new URLSearchParams(wordsOf(filter))),
    predict: (ids, modelId) => navigate(`/models/${modelId}/predict?images=${ids.slice(0, MAX_PREDICTED).join(",")}`),
    setValidation,
    remove: (ids) => {
      const deletion = { projectId, imageIds: ids };
      deletions.add(deletion);
      const toast = showToast(t("gallery:deleted", { count: ids.length, shown: formatCount(ids.length) }), {
        action: { text: t("common:undo"), run: () => deletions.undo(deletion) },
        onGone: () => void deletions.carryOut(deletion),
      });
      const stop = deletions.subscribe(() => {
        if (deletions.isUndoable(deletion)) return;
        stop();
        dismissToast(toast);
      });
    },
  };
}
