import {
  Brush,
  Circle,
  Eraser,
  Keyboard,
  type LucideIcon,
  MousePointer2,
  PaintBucket,
  Pentagon,
  Redo2,
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
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import { RingTool } from "../../../editor/tools/ringTool.ts";
import { useEditor, useEditorValue } from "../work/useEditor.ts";
import { shownKey } from "./shownKey.ts";
import styles from "./ToolRail.module.css";

interface ToolRailProps {
  editor: Editor;
  onAction: (action: KeyAction) => void;
}

const TOOLS: readonly (readonly { action: KeyAction; icon: LucideIcon }[])[] = [
  [
    { action: "edit", icon: MousePointer2 },
    { action: "newObject", icon: Pentagon },
    { action: "samePart", icon: Shapes },
    { action: "hole", icon: SquareDashed },
    { action: "box", icon: Square },
    { action: "ellipse", icon: Circle },
    { action: "smart", icon: WandSparkles },
  ],
  [
    { action: "draw", icon: Brush },
    { action: "erase", icon: Eraser },
    { action: "fill", icon: PaintBucket },
  ],
];

export function ToolRail({ editor, onAction }: ToolRailProps) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "tool", "selection");
  const canUndo = useEditorValue(editor, () => editor.canUndo);
  const canRedo = useEditorValue(editor, () => editor.canRedo);
  const chosen = toolAction(editor);
  const needsObject = (action: KeyAction) => (action === "samePart" || action === "hole") && !editor.selected;
  return (
    <Toolbar orientation="vertical" aria-label={t("tools")} className={styles.rail ?? ""}>
      {TOOLS.map((group, i) => (
        <div key={group[0]?.action} className={classNames(styles.group, i > 0 && styles.next)}>
          {group.map(({ action, icon }) => (
            <RailButton
              key={action}
              editor={editor}
              action={action}
              icon={icon}
              isChosen={action === chosen}
              isDisabled={needsObject(action)}
              onAction={onAction}
            />
          ))}
        </div>
      ))}
      <div className={styles.end}>
        <RailButton editor={editor} action="undo" icon={Undo2} isDisabled={!canUndo} onAction={onAction} />
        <RailButton editor={editor} action="redo" icon={Redo2} isDisabled={!canRedo} onAction={onAction} />
        <RailButton editor={editor} action="help" icon={Keyboard} onAction={onAction} />
      </div>
    </Toolbar>
  );
}

interface RailButtonProps extends ToolRailProps {
  action: KeyAction;
  icon: LucideIcon;
  isChosen?: boolean;
  isDisabled?: boolean;
}

function RailButton({ editor, action, icon, isChosen = false, isDisabled = false, onAction }: RailButtonProps) {
  const { t } = useTranslation("labeling");
  // a tool's key counts in its own mode; the rail shows both modes' tools
  const mode = action === "draw" || action === "erase" || action === "fill" ? "bitmap" : "polygon";
  const key = keyFor(action, mode, editor.keymap);
  const isShort = key?.length === 1 && action !== "undo";
  return (
    <span className={classNames(styles.slot, isChosen && styles.chosen)}>
      <IconButton
        icon={icon}
        label={t(`action.${action}`)}
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
