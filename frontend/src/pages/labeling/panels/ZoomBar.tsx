import { type LucideIcon, Maximize, Minus, Plus, Ruler as RulerIcon } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import type { Point } from "../../../geometry/types.ts";
import type { View } from "../../../render/view.ts";
import type { Ruler } from "../canvas/ruler.ts";
import type { Signal } from "../work/signal.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./Bars.module.css";
import { shownKey } from "./shownKey.ts";

interface ZoomBarProps {
  editor: Editor;
  view: Signal<View>;
  pointer: Signal<Point | null>;
  ruler: Ruler;
  onAction: (action: KeyAction) => void;
}

export function ZoomBar({ editor, view, pointer, ruler, onAction }: ZoomBarProps) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "tool");
  const isMeasuring = useSyncExternalStore(ruler.isOn.subscribe, ruler.isOn.get);
  const button = (action: KeyAction, icon: LucideIcon, isPressed?: boolean) => {
    const key = keyFor(action, editor.mode, editor.keymap);
    return (
      <IconButton
        icon={icon}
        size="small"
        label={t(`action.${action}`)}
        {...(key === null ? {} : { hint: shownKey(key) })}
        {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
        onPress={() => onAction(action)}
      />
    );
  };
  return (
    <div className={styles.right}>
      <Coordinates pointer={pointer} />
      {button("ruler", RulerIcon, isMeasuring)}
      {button("zoomOut", Minus)}
      <ZoomFigure view={view} />
      {button("zoomIn", Plus)}
      {button("fit", Maximize)}
    </div>
  );
}

/** Nobody reads faster, and laying out a text takes a part of every frame that it changes in. */
const READ_MS = 100;

/** Written past React, because they change with every move of the pointer. */
function Coordinates({ pointer }: { pointer: Signal<Point | null> }) {
  const { t } = useTranslation("labeling");
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      timer = undefined;
      const at = pointer.get();
      if (!text.current) return;
      text.current.textContent = at && t("coordinates", { x: Math.floor(at[0]), y: Math.floor(at[1]) });
    };
    write();
    const unsubscribe = pointer.subscribe(() => {
      timer ??= setTimeout(write, READ_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [pointer, t]);
  return <span ref={text} className={styles.coordinates} aria-hidden="true" />;
}

function ZoomFigure({ view }: { view: Signal<View> }) {
  const { t } = useTranslation("labeling");
  const percent = useSyncExternalStore(view.subscribe, () => Math.round(view.get().scale * 100));
  return (
    <output className={styles.zoom} aria-label={t("zoom")}>
      {t("percent", { value: percent })}
    </output>
  );
}
