import {
  Brush,
  Circle,
  Eraser,
  Keyboard,
  Lasso,
  type LucideIcon,
  MousePointer2,
  PaintBucket,
  Pentagon,
  Redo2,
  Scissors,
  Shapes,
  Square,
  SquareDashed,
  Undo2,
  WandSparkles,
} from "lucide-react";
import { Toolbar } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor, type Mode } from "../../../editor/keys.ts";
import { RingTool } from "../../../editor/tools/ringTool.ts";
import { useEditor, useEditorValue } from "../work/useEditor.ts";
import { shownKey } from "./shownKey.ts";
import styles from "./ToolRail.module.css";

interface ToolRailProps {
  editor: Editor;
  onAction: (action: KeyAction) => void;
}

interface ToolButton {
  readonly action: KeyAction;
  readonly icon: LucideIcon;
  /** What it is called where it is not called as its action is. */
  readonly name?: "lasso.add" | "lasso.cut";
}

/** Each mode's tools; those of the other mode are a click away. */
const TOOLS: Readonly<Record<Mode, readonly ToolButton[]>> = {
  polygon: [
    { action: "edit", icon: MousePointer2 },
    { action: "newObject", icon: Pentagon },
    { action: "samePart", icon: Shapes },
    { action: "hole", icon: SquareDashed },
    { action: "box", icon: Square },
    { action: "ellipse", icon: Circle },
    { action: "smart", icon: WandSparkles },
  ],
  bitmap: [
    { action: "draw", icon: Brush },
    { action: "erase", icon: Eraser },
    { action: "fill", icon: PaintBucket },
    { action: "samePart", icon: Lasso, name: "lasso.add" },
    { action: "hole", icon: Scissors, name: "lasso.cut" },
  ],
};
const MODES: readonly Mode[] = ["polygon", "bitmap"];

export function ToolRail({ editor, onAction }: ToolRailProps) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "tool");
  const chosen = toolAction(editor);
  return (
    <Toolbar orientation="vertical" aria-label={t("tools")} className={styles.rail ?? ""}>
      {MODES.map((mode, i) => (
        <div key={mode} className={classNames(styles.group, i > 0 && styles.next)}>
          {TOOLS[mode].map(({ action, icon, name }) => (
            <RailButton
              key={action}
              editor={editor}
              action={action}
              icon={icon}
              mode={mode}
              name={t(name ?? `action.${action}`)}
              isChosen={action === chosen && (mode === editor.mode || isOfBoth(action))}
              onAction={() => {
                // a button means its own mode's tool, whatever is in hand
                if (!isOfBoth(action)) editor.setMode(mode);
                onAction(action);
              }}
            />
          ))}
        </div>
      ))}
      <div className={styles.end}>
        <RailButton editor={editor} action="undo" name={t("action.undo")} icon={Undo2} onAction={onAction} />
        <RailButton editor={editor} action="redo" name={t("action.redo")} icon={Redo2} onAction={onAction} />
        <RailButton editor={editor} action="help" name={t("action.help")} icon={Keyboard} onAction={onAction} />
      </div>
    </Toolbar>
  );
}

/** Choosing objects belongs to neither mode. */
function isOfBoth(action: KeyAction): boolean {
  return action === "edit" || action === "smart";
}

function isUseless(editor: Editor, action: KeyAction, mode: Mode): boolean {
  switch (action) {
    case "undo":
      return !editor.canUndo;
    case "redo":
      return !editor.canRedo;
    case "hole":
      return !editor.selected;
    case "samePart":
      return mode === "polygon" && !editor.selected;
    default:
      return false;
  }
}

interface RailButtonProps extends ToolRailProps {
  action: KeyAction;
  icon: LucideIcon;
  name: string;
  /** Whose key is shown. */
  mode?: Mode;
  isChosen?: boolean;
}

function RailButton(props: RailButtonProps) {
  const { editor, action, icon, name, mode = "polygon", isChosen = false, onAction } = props;
  const isDisabled = useEditorValue(editor, () => isUseless(editor, action, mode));
  const key = keyFor(action, mode, editor.keymap);
  const isShort = key?.length === 1 && action !== "undo";
  return (
    <span className={classNames(styles.slot, isChosen && styles.chosen)}>
      <IconButton
        icon={icon}
        label={name}
        {...(key === null ? {} : { hint: shownKey(key) })}
        className={styles.button}
        aria-pressed={isChosen}
        isDisabled={isDisabled}
        onPress={() => onAction(action)}
      />
      {isShort && (
        <span className={styles.key} aria-hidden="true">
          {shownKey(key)}
        </span>
      )}
    </span>
  );
}

function toolAction(editor: Editor): KeyAction {
  const { tool } = editor;
  switch (tool.name) {
    case "polygon":
      if (!(tool instanceof RingTool) || tool.purpose === "object") return "newObject";
      return tool.purpose === "part" ? "samePart" : "hole";
    case "brush":
      return "draw";
    case "eraser":
      return "erase";
    default:
      return tool.name;
  }
}
