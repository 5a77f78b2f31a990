import { ChevronLeft, PanelRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { IconButton } from "../../../components/Button.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import type { ActiveLook } from "../../../render/activeLayer.ts";
import styles from "../LabelingDesk.module.css";
import type { Display } from "../panels/DisplaySettings.tsx";
import { ModeBar } from "../panels/ModeBar.tsx";
import { Notices } from "../panels/Notices.tsx";
import { shownKey } from "../panels/shownKey.ts";
import { ZoomBar } from "../panels/ZoomBar.tsx";
import { SmartBar } from "../smart/SmartBar.tsx";
import type { CanvasParts, DeskPanels } from "../useDesk.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import type { OpenImage } from "../work/sessionState.ts";
import { useEditor } from "../work/useEditor.ts";
import { CanvasView } from "./CanvasView.tsx";
import { Minimap } from "./Minimap.tsx";
import { RulerOverlay } from "./RulerOverlay.tsx";

interface CanvasAreaProps {
  projectId: number;
  session: LabelingSession;
  open: OpenImage;
  canvas: CanvasParts;
  panels: DeskPanels;
  look: ActiveLook;
  display: Display;
  onAction: (action: KeyAction) => void;
  children?: ReactNode;
}

/** The canvas with what floats over it. */
export function CanvasArea(props: CanvasAreaProps) {
  const { projectId, session, open, canvas, panels, look, display, onAction } = props;
  const { t } = useTranslation("labeling");
  const { editor, image } = open;
  const { stage, surface, ruler, view, pointer } = canvas;
  useEditor(editor, "tool");
  const panelsKey = keyFor("panels", editor.mode, editor.keymap);
  return (
    <div className={styles.middle}>
      <CanvasView
        session={session}
        open={open}
        look={look}
        filter={filterOf(display)}
        stageRef={stage}
        surfaceRef={surface}
        ruler={ruler}
        onView={view.set}
        onPointer={pointer.set}
      />
      <Link className={styles.name} to={`/projects/${projectId}`} aria-label={`${t("backToProject")}: ${image.name}`}>
        <Icon of={ChevronLeft} />
        <span className={styles.nameText}>{image.name}</span>
      </Link>
      <RulerOverlay ruler={ruler} view={view} />
      {panels.showsMinimap && <Minimap image={image} stage={stage} view={view} />}
      <Notices session={session} open={open} />
      <SmartBar editor={editor} onAction={onAction} />
      <ModeBar editor={editor} onAction={onAction} />
      <ZoomBar editor={editor} view={view} pointer={pointer} ruler={ruler} onAction={onAction} />
      <IconButton
        icon={PanelRight}
        label={t("action.panels")}
        {...(panelsKey === null ? {} : { hint: shownKey(panelsKey) })}
        className={styles.toggle}
        aria-pressed={panels.showsPanels}
        onPress={panels.togglePanels}
      />
      {props.children}
    </div>
  );
}

function filterOf({ brightness, contrast }: Display): string {
  return brightness === 100 && contrast === 100 ? "none" : `brightness(${brightness}%) contrast(${contrast}%)`;
}
