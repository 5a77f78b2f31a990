import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, PanelRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { projectQuery } from "../../api/queries.ts";
import type { LabelClass } from "../../api/types.ts";
import { IconButton } from "../../components/Button.tsx";
import { classNames } from "../../components/classNames.ts";
import { Icon } from "../../components/Icon.tsx";
import { showToast } from "../../components/toasts.ts";
import { setLabel } from "../../editor/actions.ts";
import type { KeyAction } from "../../editor/keys.ts";
import type { Point } from "../../geometry/types.ts";
import type { ActiveLook } from "../../render/activeLayer.ts";
import type { Stage } from "../../render/stage.ts";
import type { View } from "../../render/view.ts";
import { CanvasView } from "./canvas/CanvasView.tsx";
import { Minimap } from "./canvas/Minimap.tsx";
import { RulerOverlay } from "./canvas/RulerOverlay.tsx";
import { Ruler } from "./canvas/ruler.ts";
import styles from "./LabelingDesk.module.css";
import { type Display, DisplaySettings } from "./panels/DisplaySettings.tsx";
import { FilmStrip } from "./panels/FilmStrip.tsx";
import { KeysDialog } from "./panels/KeysDialog.tsx";
import { LabelList } from "./panels/LabelList.tsx";
import { LabelPalette } from "./panels/LabelPalette.tsx";
import { ModeBar } from "./panels/ModeBar.tsx";
import { Notices } from "./panels/Notices.tsx";
import { ObjectList } from "./panels/ObjectList.tsx";
import { SaveStatus } from "./panels/SaveStatus.tsx";
import sideStyles from "./panels/SidePanel.module.css";
import { ToolRail } from "./panels/ToolRail.tsx";
import { ZoomBar } from "./panels/ZoomBar.tsx";
import { SmartBar } from "./smart/SmartBar.tsx";
import type { ImageRow } from "./work/imageRow.ts";
import type { LabelingSession, OpenImage } from "./work/labelingSession.ts";
import { type PageRequest, rowActions, stageActions, usePageActions } from "./work/pageActions.ts";
import { usePreference } from "./work/preferences.ts";
import { makeSignal } from "./work/signal.ts";
import type { ImageSteps } from "./work/useImageSteps.ts";
import { useKeymap } from "./work/useKeymap.ts";
import { useKeys } from "./work/useKeys.ts";

interface LabelingDeskProps {
  projectId: number;
  imageId: number;
  ids: readonly number[];
  kind: ImageRow["kind"];
  labels: readonly LabelClass[];
  session: LabelingSession;
  open: OpenImage;
  steps: ImageSteps;
  /** An action of the core that is the page's to do. */
  request: PageRequest | null;
  onRequestDone: () => void;
}

/** Colour of objects whose label is not in the project any more. */
const UNKNOWN_COLOR = "#9aa0a6";
/** As in the style sheets. */
const PHONE_WIDTH = 640;

/** Rail, canvas, panels and strip around one open image. */
export function LabelingDesk(props: LabelingDeskProps) {
  const { projectId, imageId, ids, kind, labels, session, open, steps, request, onRequestDone } = props;
  const { t } = useTranslation("labeling");
  const { editor } = open;
  const stage = useRef<Stage | null>(null);
  const surface = useRef<HTMLDivElement>(null);
  const [signals] = useState(() => ({
    view: makeSignal<View>({ scale: 1, x: 0, y: 0 }),
    pointer: makeSignal<Point | null>(null),
  }));
  const [ruler] = useState(() => new Ruler());
  const [showsMinimap, setShowsMinimap] = usePreference("minimap");
  const [display, setDisplay] = usePreference("display");
  const [showsPanels, setShowsPanels] = usePreference(window.innerWidth > PHONE_WIDTH ? "panels" : "panelsOnPhone");
  const [isAdding, setAdding] = useState(false);
  const [dialog, setDialog] = useState<"keys" | "palette" | null>(null);
  const project = useQuery(projectQuery(projectId)).data;
  const colorOf = useColors(labels);
  const look = useLook(colorOf, display);
  useLabelNames(open, labels);
  useRestoredNotice(open);
  const keys = useKeymap(editor);
  useKeys(editor);
  usePageActions(request, onRequestDone, {
    ...stageActions(stage),
    ...rowActions(session, steps, t),
    ruler: () => ruler.toggle(),
    minimap: () => setShowsMinimap(!showsMinimap),
    palette: () => setDialog("palette"),
    help: () => setDialog("keys"),
    panels: () => setShowsPanels(!showsPanels),
    labelNeeded: () => {
      setShowsPanels(true);
      setAdding(true);
    },
  });
  const onAdding = (adds: boolean) => {
    setAdding(adds);
    // back to drawing, without a click
    if (!adds) surface.current?.focus();
  };
  const act = (action: KeyAction) => void editor.act(action);
  return (
    <div className={classNames(styles.desk, !showsPanels && styles.wide)}>
      <p className={styles.phone}>{t("phone")}</p>
      <ToolRail editor={editor} onAction={act} />
      <main className={styles.middle}>
        <CanvasView
          open={open}
          look={look}
          filter={filterOf(display)}
          stageRef={stage}
          surfaceRef={surface}
          ruler={ruler}
          onView={signals.view.set}
          onPointer={signals.pointer.set}
        />
        <Link
          className={styles.name}
          to={`/projects/${projectId}`}
          aria-label={`${t("backToProject")}: ${open.image.name}`}
        >
          <Icon of={ChevronLeft} />
          {open.image.name}
        </Link>
        <RulerOverlay ruler={ruler} view={signals.view} />
        {showsMinimap && <Minimap image={open.image} stage={stage} view={signals.view} />}
        <Notices session={session} conflicts={open.conflicts} />
        <SmartBar editor={editor} onAction={act} />
        <ModeBar editor={editor} onAction={act} />
        <ZoomBar editor={editor} view={signals.view} pointer={signals.pointer} ruler={ruler} onAction={act} />
        <IconButton
          icon={PanelRight}
          label={t("action.panels")}
          hint="P"
          className={styles.toggle}
          aria-pressed={showsPanels}
          onPress={() => setShowsPanels(!showsPanels)}
        />
      </main>
      {showsPanels && (
        <aside className={sideStyles.panel} aria-label={t("panels")}>
          <LabelList editor={editor} projectId={projectId} labels={labels} isAdding={isAdding} onAdding={onAdding} />
          <ObjectList editor={editor} colorOf={colorOf} />
          <DisplaySettings display={display} onChange={setDisplay} />
        </aside>
      )}
      <FilmStrip
        ids={ids}
        kind={kind}
        imageId={imageId}
        labeled={project?.labeled_count ?? 0}
        total={project?.image_count ?? ids.length}
        onOpen={steps.open}
      >
        <SaveStatus save={open.save} elsewhere={session.unsavedElsewhere} onRetry={() => open.autosave.retryNow()} />
      </FilmStrip>
      <KeysDialog isOpen={dialog === "keys"} keys={keys} onClose={() => setDialog(null)} />
      <LabelPalette
        isOpen={dialog === "palette"}
        projectId={projectId}
        labels={labels}
        onChoose={(label) => setLabel(editor, label)}
        onClose={() => setDialog(null)}
      />
    </div>
  );
}

function useColors(labels: readonly LabelClass[]): (label: string) => string {
  return useMemo(() => {
    const colors = new Map(labels.map(({ name, color }) => [name, color]));
    return (label: string) => colors.get(label) ?? UNKNOWN_COLOR;
  }, [labels]);
}

function useLook(colorOf: (label: string) => string, { fill }: Display): ActiveLook {
  return useMemo(() => ({ colorOf, fill: fill / 300, selectedFill: fill / 100 }), [colorOf, fill]);
}

/** The core knows labels by name only; the first one is taken until another is chosen. */
function useLabelNames({ editor }: OpenImage, labels: readonly LabelClass[]): void {
  useEffect(() => {
    editor.labels = labels.map(({ name }) => name);
    if (editor.activeLabel === null && editor.labels[0] !== undefined) editor.setActiveLabel(editor.labels[0]);
  }, [editor, labels]);
}

/** Says once that a draft of an earlier tab was brought back. */
function useRestoredNotice({ editor, restored }: OpenImage): void {
  const { t } = useTranslation("labeling");
  const told = useRef<unknown>(null);
  useEffect(() => {
    if (restored === 0 || told.current === editor) return;
    told.current = editor;
    showToast(t("restored", { count: restored }));
  }, [editor, restored, t]);
}

function filterOf({ brightness, contrast }: Display): string {
  return brightness === 100 && contrast === 100 ? "none" : `brightness(${brightness}%) contrast(${contrast}%)`;
}
