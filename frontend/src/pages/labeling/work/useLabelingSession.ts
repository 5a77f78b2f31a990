import { useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { startTransition, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { labelsQuery } from "../../../api/queries.ts";
import { dismissToast, showToast } from "../../../components/toasts.ts";
import type { Editor } from "../../../editor/editor.ts";
import { shapePoints } from "../../../editor/instance.ts";
import type { Action } from "../../../editor/keys.ts";
import type { Conversion, FixedReason } from "../../../editor/ports.ts";
import type { LabelName } from "../saving/labelNames.ts";
import { readImageAnew } from "./imageQuery.ts";
import { LabelingSession } from "./labelingSession.ts";
import type { SessionState } from "./sessionState.ts";

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
  const goTo = useGoTo(projectId);
  const latest = useRef({ labels, onRequest, t, goTo });
  latest.current = { labels, onRequest, t, goTo };
  const session = useMemo(
    () =>
      new LabelingSession({
        userId,
        projectId,
        labels: () => latest.current.labels,
        request: (action) => latest.current.onRequest(action),
        onSaved: (imageId, options) => readImageAnew(queryClient, projectId, imageId, options),
        onLabels: () => void queryClient.invalidateQueries({ queryKey: labelsQuery(projectId).queryKey }),
        onLabelGone: (label, count) => showToast(latest.current.t("labelGone", { label, count })),
        onConflictsLeft: ({ id, name }, { isSaved }) => {
          const { t, goTo } = latest.current;
          showToast(t(isSaved ? "conflict.left" : "conflict.waits", { name }), {
            action: { text: t("conflict.open"), run: () => goTo(id) },
          });
        },
        onFixed: (reason) => tellFixed(reason, latest.current.t),
        onConverted: (conversion) => tellConversion(conversion, latest.current.t),
        onFillCut: (side) => showToast(latest.current.t("fillCut", { side })),
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

/** To another image of the project by its address, which keeps the row of images it came with. */
function useGoTo(projectId: number): (imageId: number) => void {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  return (imageId) =>
    void navigate(
      { pathname: `/projects/${projectId}/label/${imageId}`, search: search.toString() },
      { replace: true },
    );
}

let conversionToast = 0;

/** One at a time: of many conversions in a row the last is asked about. */
function tellConversion({ shape, iou }: Conversion, t: TFunction<"labeling">): void {
  dismissToast(conversionToast);
  conversionToast = showToast(
    shape.kind === "mask"
      ? t("converted.bitmap", { count: shape.mask.area })
      : // rounded down: 100 means that nothing is lost
        t("converted.polygons", { count: shapePoints(shape), overlap: Math.floor(iou * 1000) / 10 }),
  );
}

let fixedToast = 0;

function tellFixed(reason: FixedReason, t: TFunction<"labeling">): void {
  dismissToast(fixedToast);
  fixedToast = showToast(t(`fixed.${reason}`));
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
    // the browser asks whether to leave, in its own words
    const onUnload = (event: BeforeUnloadEvent) => {
      if (session.isAtRisk) event.preventDefault();
    };
    window.addEventListener("pagehide", onHide);
    window.addEventListener("online", onOnline);
    window.addEventListener("beforeunload", onUnload);
    return () => {
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("online", onOnline);
      window.removeEventListener("beforeunload", onUnload);
      void session.close();
    };
  }, [session]);
}
