/** What the parts of the desk share: the stage, the panels that are open, the colours, and what keys ask of the page. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LabelClass } from "../../api/types.ts";
import { showToast } from "../../components/toasts.ts";
import type { Point } from "../../geometry/types.ts";
import type { ActiveLook } from "../../render/activeLayer.ts";
import type { Stage } from "../../render/stage.ts";
import type { View } from "../../render/view.ts";
import { Ruler } from "./canvas/ruler.ts";
import type { Display } from "./panels/DisplaySettings.tsx";
import type { LabelingSession } from "./work/labelingSession.ts";
import { type PageActions, rowActions, stageActions } from "./work/pageActions.ts";
import { usePreference } from "./work/preferences.ts";
import type { OpenImage } from "./work/sessionState.ts";
import { makeSignal, type Signal } from "./work/signal.ts";
import type { ImageSteps } from "./work/useImageSteps.ts";

/** Colour of objects whose label is not in the project any more. */
const UNKNOWN_COLOR = "#9aa0a6";
/** As in the style sheets. */
const PHONE_WIDTH = 640;

/** The canvas, for those who move it or show where it is. */
export interface CanvasParts {
  readonly stage: RefObject<Stage | null>;
  readonly surface: RefObject<HTMLDivElement | null>;
  readonly ruler: Ruler;
  readonly view: Signal<View>;
  readonly pointer: Signal<Point | null>;
}

export function useCanvasParts(): CanvasParts {
  const stage = useRef<Stage | null>(null);
  const surface = useRef<HTMLDivElement>(null);
  const [made] = useState(() => ({
    ruler: new Ruler(),
    view: makeSignal<View>({ scale: 1, x: 0, y: 0 }),
    pointer: makeSignal<Point | null>(null),
  }));
  return useMemo(() => ({ stage, surface, ...made }), [made]);
}

export interface DeskPanels {
  readonly showsMinimap: boolean;
  readonly showsPanels: boolean;
  readonly isAdding: boolean;
  readonly dialog: "keys" | "palette" | null;
  readonly toggleMinimap: () => void;
  readonly togglePanels: () => void;
  readonly setAdding: (isAdding: boolean) => void;
  readonly askForLabel: () => void;
  readonly openDialog: (dialog: "keys" | "palette" | null) => void;
}

/** Which panels and dialogs are open; the first are kept for the person. */
export function useDeskPanels(surface: RefObject<HTMLDivElement | null>): DeskPanels {
  const [showsMinimap, setShowsMinimap] = usePreference("minimap");
  const [showsPanels, setShowsPanels] = usePreference(window.innerWidth > PHONE_WIDTH ? "panels" : "panelsOnPhone");
  const [isAdding, setIsAdding] = useState(false);
  const [dialog, openDialog] = useState<DeskPanels["dialog"]>(null);
  return {
    showsMinimap,
    showsPanels,
    isAdding,
    dialog,
    toggleMinimap: () => setShowsMinimap(!showsMinimap),
    togglePanels: () => setShowsPanels(!showsPanels),
    setAdding: (adds) => {
      setIsAdding(adds);
      // back to drawing, without a click
      if (!adds) surface.current?.focus();
    },
    askForLabel: () => {
      setShowsPanels(true);
      setIsAdding(true);
    },
    openDialog,
  };
}

interface DeskActionsOptions {
  actions: RefObject<PageActions>;
  canvas: CanvasParts;
  panels: DeskPanels;
  session: LabelingSession;
  steps: ImageSteps;
  /** What parts of the desk add. */
  more: PageActions;
}

/** Puts what the core may ask of the page where the session finds it. */
export function useDeskActions({ actions, canvas, panels, session, steps, more }: DeskActionsOptions): void {
  const { t } = useTranslation("labeling");
  useLayoutEffect(() => {
    actions.current = {
      ...stageActions(canvas.stage),
      ...rowActions(session, steps, t),
      ...more,
      ruler: () => canvas.ruler.toggle(),
      minimap: panels.toggleMinimap,
      palette: () => panels.openDialog("palette"),
      help: () => panels.openDialog("keys"),
      panels: panels.togglePanels,
      labelNeeded: panels.askForLabel,
    };
  });
}

export function useColors(labels: readonly LabelClass[]): (label: string) => string {
  return useMemo(() => {
    const colors = new Map(labels.map(({ name, color }) => [name, color]));
    return (label: string) => colors.get(label) ?? UNKNOWN_COLOR;
  }, [labels]);
}

export function useLook(colorOf: (label: string) => string, { fill }: Display): ActiveLook {
  return useMemo(() => ({ colorOf, fill: fill / 300, selectedFill: fill / 100 }), [colorOf, fill]);
}

/** The core knows labels by name only; the first one is taken until another is chosen. */
export function useLabelNames({ editor }: OpenImage, labels: readonly LabelClass[]): void {
  useEffect(() => {
    editor.labels = labels.map(({ name }) => name);
    if (editor.activeLabel === null && editor.labels[0] !== undefined) editor.setActiveLabel(editor.labels[0]);
  }, [editor, labels]);
}

/** Says once that a draft of an earlier tab was brought back. */
export function useRestoredNotice({ editor, restored }: OpenImage): void {
  const { t } = useTranslation("labeling");
  const told = useRef<unknown>(null);
  useEffect(() => {
    if (restored === 0 || told.current === editor) return;
    told.current = editor;
    showToast(t("restored", { count: restored }));
  }, [editor, restored, t]);
}
