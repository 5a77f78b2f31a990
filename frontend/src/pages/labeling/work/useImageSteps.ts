import { useEffect, useMemo, useRef } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "../../../api/client.ts";
import type { LabelingSession } from "./labelingSession.ts";

export interface ImageSteps {
  readonly open: (imageId: number) => void;
  readonly step: (by: -1 | 1) => void;
  /** Answers false when all the row is labeled, but for the image at hand. */
  readonly nextUnlabeled: () => Promise<boolean>;
}

interface RowPlace {
  projectId: number;
  /** The address's. */
  imageId: number;
  ids: readonly number[];
  session: LabelingSession;
  isReady: boolean;
}

/** Going from image to image; the address follows, and keeps the row of images it came with. */
export function useImageSteps({ projectId, imageId, ids, session, isReady }: RowPlace): ImageSteps {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const query = search.toString();
  /** Where a step of ours leads: the addresses on the way there are old ones. */
  const goal = useRef<number | null>(null);
  useEffect(() => {
    if (goal.current !== null && goal.current !== imageId) return;
    goal.current = null;
    if (isReady) void session.open(imageId);
  }, [session, imageId, isReady]);
  return useMemo(() => {
    const open = (id: number) => {
      goal.current = id === imageId ? null : id;
      void session.open(id);
      void navigate({ pathname: `/projects/${projectId}/label/${id}`, search: query }, { replace: true });
    };
    const step = (by: -1 | 1) => {
      const to = ids[ids.indexOf(session.wanted) + by];
      if (to !== undefined) open(to);
    };
    const nextUnlabeled = async () => {
      const path = `/api/v1/projects/${projectId}/images/ids`;
      const unlabeled = new Set((await api.get<{ items: number[] }>(path, { query: { labeled: false } })).items);
      const at = ids.indexOf(session.wanted);
      const next = [...ids.slice(at + 1), ...ids.slice(0, Math.max(at, 0))].find((id) => unlabeled.has(id));
      if (next !== undefined) open(next);
      return next !== undefined;
    };
    return { open, step, nextUnlabeled };
  }, [navigate, session, projectId, imageId, ids, query]);
}
