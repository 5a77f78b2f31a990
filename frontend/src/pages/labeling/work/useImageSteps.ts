import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { imageQuery } from "./imageQuery.ts";

export interface ImageSteps {
  readonly open: (imageId: number) => void;
  readonly step: (by: -1 | 1) => void;
  readonly nextUnlabeled: () => Promise<void>;
}

/** Going from image to image; the address keeps the row of images it came with. */
export function useImageSteps(projectId: number, imageId: number, ids: readonly number[]): ImageSteps {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [search] = useSearchParams();
  const query = search.toString();
  const open = useCallback(
    (id: number) => {
      void navigate({ pathname: `/projects/${projectId}/label/${id}`, search: query }, { replace: true });
    },
    [navigate, projectId, query],
  );
  const step = (by: -1 | 1) => {
    const to = ids[ids.indexOf(imageId) + by];
    if (to !== undefined) open(to);
  };
  const nextUnlabeled = async () => {
    const at = ids.indexOf(imageId);
    for (const id of [...ids.slice(at + 1), ...ids.slice(0, at)]) {
      const image = await queryClient.fetchQuery(imageQuery(id));
      if (!image.labeled) return open(id);
    }
  };
  return { open, step, nextUnlabeled };
}
