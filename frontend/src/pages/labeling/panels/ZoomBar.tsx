import { Maximize, Minus, Plus } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import type { KeyAction } from "../../../editor/keys.ts";
import type { Point } from "../../../geometry/types.ts";
import type { Signal } from "../work/signal.ts";
import styles from "./Bars.module.css";

interface ZoomBarProps {
  zoom: Signal<number>;
  pointer: Signal<Point | null>;
  onAction: (action: KeyAction) => void;
}

export function ZoomBar({ zoom, pointer, onAction }: ZoomBarProps) {
  const { t } = useTranslation("labeling");
  return (
    <div className={styles.right}>
      <Coordinates pointer={pointer} />
      <IconButton icon={Minus} size="small" label={t("action.zoomOut")} hint="−" onPress={() => onAction("zoomOut")} />
      <ZoomFigure zoom={zoom} />
      <IconButton icon={Plus} size="small" label={t("action.zoomIn")} hint="+" onPress={() => onAction("zoomIn")} />
      <IconButton icon={Maximize} size="small" label={t("action.fit")} hint="F" onPress={() => onAction("fit")} />
    </div>
  );
}

/** On its own, because it changes with every move of the pointer. */
function Coordinates({ pointer }: { pointer: Signal<Point | null> }) {
  const { t } = useTranslation("labeling");
  const at = useSyncExternalStore(pointer.subscribe, pointer.get);
  return (
    <span className={styles.coordinates} aria-hidden="true">
      {at && t("coordinates", { x: Math.floor(at[0]), y: Math.floor(at[1]) })}
    </span>
  );
}

function ZoomFigure({ zoom }: { zoom: Signal<number> }) {
  const { t } = useTranslation("labeling");
  const scale = useSyncExternalStore(zoom.subscribe, zoom.get);
  return (
    <output className={styles.zoom} aria-label={t("zoom")}>
      {t("percent", { value: Math.round(scale * 100) })}
    </output>
  );
}
