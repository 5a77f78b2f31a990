import type { TFunction } from "i18next";
import type { RefObject } from "react";
import { showToast } from "../../../components/toasts.ts";
import type { Action } from "../../../editor/keys.ts";
import type { Stage } from "../../../render/stage.ts";
import type { LabelingSession } from "./labelingSession.ts";
import type { ImageSteps } from "./useImageSteps.ts";

/** What the core asks of the page. */
export type PageActions = Partial<Record<Action | "labelNeeded", () => void>>;

const ZOOM_STEP = 1.25;
/** Screen pixels. */
const PAN_STEP = 96;

/** To other images, and what goes with the person from one to the next. */
export function rowActions(session: LabelingSession, steps: ImageSteps, t: TFunction<"labeling">): PageActions {
  return {
    previousImage: () => steps.step(-1),
    nextImage: () => steps.step(1),
    nextUnlabeled: () => {
      steps.nextUnlabeled().then(
        (found) => found || showToast(t("allLabeled")),
        (error: Error) => showToast(error.message),
      );
    },
    copy: () => session.copy() > 0 && showToast(t("copied")),
    cut: () => session.cut(),
    paste: () => session.paste(),
    pasteLast: () => session.pasteLast(),
  };
}

export function stageActions(stage: RefObject<Stage | null>): PageActions {
  return {
    panLeft: () => stage.current?.panBy(PAN_STEP, 0),
    panRight: () => stage.current?.panBy(-PAN_STEP, 0),
    panUp: () => stage.current?.panBy(0, PAN_STEP),
    panDown: () => stage.current?.panBy(0, -PAN_STEP),
    zoomIn: () => stage.current?.zoomCentre(ZOOM_STEP),
    zoomOut: () => stage.current?.zoomCentre(1 / ZOOM_STEP),
    fit: () => stage.current?.fit(),
    actualSize: () => stage.current?.actualSize(),
  };
}
