/** Whether nothing of the project's labels is on the open image, as a person said, and how to say so. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { markBackground } from "../../../api/markBackground.ts";
import type { ImageItem } from "../../../api/types.ts";
import { showToast } from "../../../components/toasts.ts";
import { imageQuery, readImageAnew } from "../work/imageQuery.ts";
import type { OpenImage } from "../work/sessionState.ts";

export interface Background {
  readonly isMarked: boolean;
  readonly toggle: () => void;
}

const isBackground = ({ background }: ImageItem) => background;

export function useBackground(projectId: number, { image, editor, autosave }: OpenImage): Background {
  const { t } = useTranslation("labeling");
  const client = useQueryClient();
  const isMarked = useQuery({ ...imageQuery(image.id), select: isBackground }).data ?? image.background;
  return useMemo(() => {
    const mark = async () => {
      try {
        // objects deleted a moment ago are still at the server
        await autosave.flush();
        await markBackground(projectId, [image.id], !isMarked);
        readImageAnew(client, projectId, image.id, { changesProgress: true });
      } catch (error) {
        showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
      }
    };
    const toggle = () => {
      if (editor.document.instances.length > 0) showToast(t("background.hasObjects"));
      else void mark();
    };
    return { isMarked, toggle };
  }, [t, client, projectId, image.id, editor, autosave, isMarked]);
}
