import { useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "../../../api/client.ts";

export interface ImageSteps {
  readonly open: (imageId: number) => void;
  readonly step: (by: -1 | 1) => void;
  /** Answers false when all the row is labeled, but for the image at hand. */
  readonly nextUnlabeled: () => Promise<boolean>;
}

/** Going from image to image; the address keeps the row of images it came with. */
export function useImageSteps(projectId: number, imageId: number, ids: readonly number[]): ImageSteps {
  const navigate = useNavigate();
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
    const path = `/api/v1/projects/${projectId}/images/ids`;
    const unlabeled = new Set((await api.get<{ items: number[] }>(path, { query: { labeled: false } })).items);
    const at = ids.indexOf(imageId);
    const next = [...ids.slice(at + 1), ...ids.slice(0, Math.max(at, 0))].find((id) => unlabeled.has(id));
    if (next !== undefined) open(next);
    return next !== undefined;
  };
  return { open, step, nextUnlabeled };
}
