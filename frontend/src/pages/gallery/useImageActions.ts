/** What can be done with images of the gallery, by menu, bar and key alike. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client.ts";
import { projectQuery } from "../../api/queries.ts";
import type { ImageItem, Page } from "../../api/types.ts";
import { showToast } from "../../components/toasts.ts";
import { chosenImagesKey } from "../labeling/work/imageRow.ts";
import { deletions } from "./deletions.ts";
import { type GalleryFilter, wordsOf } from "./galleryFilter.ts";
import { idsKey, imagesKey } from "./useGallery.ts";

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

export function useImageActions(projectId: number, filter: GalleryFilter): ImageActions {
  const { t } = useTranslation(["gallery", "common"]);
  const navigate = useNavigate();
  const client = useQueryClient();
  useCarryOutDeletionsOnLeaving();

  const openEditor = (imageId: number | null, search: URLSearchParams) =>
    navigate(`/projects/${projectId}/label${imageId === null ? "" : `/${imageId}`}?${search}`);

  const patchItems = (ids: ReadonlySet<number>, change: Partial<ImageItem>) =>
    client.setQueriesData<Page<ImageItem>>({ queryKey: imagesKey(projectId) }, (page) =>
      page ? { ...page, items: page.items.map((item) => (ids.has(item.id) ? { ...item, ...change } : item)) } : page,
    );

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
    setValidation: async (ids, validation) => {
      patchItems(new Set(ids), { validation });
      try {
        await api.put(`/api/v1/projects/${projectId}/validation`, { image_ids: ids, validation });
      } catch (error) {
        showToast(messageOf(error), { kind: "error" });
        await client.invalidateQueries({ queryKey: imagesKey(projectId) });
      }
      await client.invalidateQueries({ queryKey: projectQuery(projectId).queryKey, exact: true });
      // Otherwise the list stays as it is: sorted by last change, these images would jump to its top.
      if (filter.validation !== null) {
        await client.invalidateQueries({ queryKey: imagesKey(projectId) });
        await client.invalidateQueries({ queryKey: idsKey(projectId) });
      }
    },
    remove: (ids) => {
      const deletion = { projectId, imageIds: ids };
      deletions.add(deletion);
      showToast(t("gallery:deleted", { count: ids.length }), {
        action: { text: t("common:undo"), run: () => deletions.undo(deletion) },
        onGone: () => void deletions.carryOut(deletion),
      });
    },
  };
}

function useCarryOutDeletionsOnLeaving(): void {
  useEffect(() => {
    const leave = () => void deletions.carryOutAll({ keepalive: true });
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, []);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
