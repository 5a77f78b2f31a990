import { useQueryClient } from "@tanstack/react-query";
import { startTransition, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { labelsQuery, projectQuery } from "../../../api/queries.ts";
import { showToast } from "../../../components/toasts.ts";
import type { Editor } from "../../../editor/editor.ts";
import type { Action } from "../../../editor/keys.ts";
import type { LabelName } from "../saving/labelNames.ts";
import { imageQuery } from "./imageQuery.ts";
import { LabelingSession, type SessionState } from "./labelingSession.ts";

interface SessionOptions {
  projectId: number;
  userId: number;
  labels: readonly LabelName[];
  onRequest: (action: Action | "labelNeeded") => void;
}

/** The session of this page: made with it, and ended with everything saved that can be. */
export function useLabelingSession({ projectId, userId, labels, onRequest }: SessionOptions): {
  session: LabelingSession;
  state: SessionState;
} {
  const { t } = useTranslation("labeling");
  const queryClient = useQueryClient();
  const latest = useRef({ labels, onRequest, t });
  latest.current = { labels, onRequest, t };
  const session = useMemo(
    () =>
      new LabelingSession({
        userId,
        projectId,
        labels: () => latest.current.labels,
        request: (action) => latest.current.onRequest(action),
        onSaved: (imageId) => {
          void queryClient.invalidateQueries({ queryKey: imageQuery(imageId).queryKey });
          void queryClient.invalidateQueries({ queryKey: projectQuery(projectId).queryKey });
        },
        onLabels: () => void queryClient.invalidateQueries({ queryKey: labelsQuery(projectId).queryKey }),
        onLabelGone: (label, count) => showToast(latest.current.t("labelGone", { label, count })),
      }),
    [projectId, userId, queryClient],
  );
  useLeaving(session);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the session asks for the labels itself
  useEffect(() => session.labelsChanged(), [session, labels]);
  return { session, state: useSessionState(session) };
}

/**
 * The panels go to the next image as there is time for it: the canvas and the keys, which ask the session themselves, come first.
 * The first image, and what changes about the one at hand, whether it is saved above all, are shown at once.
 */
function useSessionState(session: LabelingSession): SessionState {
  const [state, setState] = useState(session.state);
  const shown = useRef(state);
  useEffect(() => {
    shown.current = state;
  }, [state]);
  useEffect(() => {
    const follow = () => {
      const next = session.state;
      if (leavesImage(shown.current, next)) startTransition(() => setState(next));
      else setState(next);
    };
    follow();
    return session.subscribe(follow);
  }, [session]);
  return state;
}

function leavesImage(shown: SessionState, next: SessionState): boolean {
  const editor = editorOf(shown);
  return editor !== null && (next.kind === "loading" || editorOf(next) !== editor);
}

function editorOf(state: SessionState): Editor | null {
  switch (state.kind) {
    case "open":
      return state.open.editor;
    case "loading":
      return state.previous?.editor ?? null;
    case "failed":
      return null;
  }
}

function useLeaving(session: LabelingSession): void {
  useEffect(() => {
    const onHide = () => session.sendAway();
    const onOnline = () => session.retryNow();
    window.addEventListener("pagehide", onHide);
    window.addEventListener("online", onOnline);
    return () => {
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("online", onOnline);
      void session.close();
    };
  }, [session]);
}
