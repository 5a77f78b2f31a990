import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Kbd } from "../../../components/Kbd.tsx";
import { SegmentedControl } from "../../../components/SegmentedControl.tsx";
import { Switch } from "../../../components/Switch.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import { SmartTool } from "../../../editor/tools/smartTool.ts";
import type { Ground } from "../../../editor/tools/smartToolMarks.ts";
import { shownKey } from "../panels/shownKey.ts";
import { useEditor, useEditorValue } from "../work/useEditor.ts";
import styles from "./SmartBar.module.css";

interface SmartBarProps {
  editor: Editor;
  onAction: (action: KeyAction) => void;
}

/** What to do next while an object is being marked, and how its mask is coming along. */
export function SmartBar({ editor, onAction }: SmartBarProps) {
  useEditor(editor, "tool");
  const { tool } = editor;
  return tool instanceof SmartTool && <OpenBar editor={editor} tool={tool} onAction={onAction} />;
}

function OpenBar({ editor, tool, onAction }: SmartBarProps & { tool: SmartTool }) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "settings");
  const isMarked = useEditorValue(editor, () => tool.state === "marked" || tool.state === "stroking");
  const phase = useEditorValue(editor, () => tool.phase);
  const message = useEditorValue(editor, () => tool.message);
  const { smartGround, smartPolygons } = editor.settings;
  return (
    <section className={styles.bar} aria-label={t("action.smart")}>
      <p className={styles.row} role="status">
        {message ?? t(`smart.${phase}`)}
        {phase === "waiting" && <span className={styles.spinner} aria-hidden="true" />}
        {phase === "failed" && isMarked && (
          <Button size="small" onPress={() => tool.retry()}>
            {t("smart.retry")}
          </Button>
        )}
      </p>
      {isMarked && (
        <div className={styles.row}>
          <SegmentedControl
            label={t("smart.ground")}
            size="small"
            value={smartGround}
            onChange={(ground: Ground) => editor.change({ smartGround: ground })}
            options={[
              { value: "foreground", text: t("smart.foreground") },
              { value: "background", text: t("smart.background") },
            ]}
          />
          <Switch isSelected={smartPolygons} onChange={(polygons) => editor.change({ smartPolygons: polygons })}>
            {t("smart.asPolygon")}
          </Switch>
          <KeyButton
            editor={editor}
            action="closeOrNew"
            text={t("smart.accept")}
            onAction={onAction}
            kind="primary"
            isDisabled={phase !== "shown" && phase !== "waiting"}
          />
          <KeyButton editor={editor} action="cancel" text={t("smart.drop")} onAction={onAction} />
        </div>
      )}
    </section>
  );
}

interface KeyButtonProps extends SmartBarProps {
  action: KeyAction;
  text: string;
  kind?: "default" | "primary";
  isDisabled?: boolean;
}

function KeyButton({ editor, action, text, kind = "default", isDisabled = false, onAction }: KeyButtonProps) {
  const key = keyFor(action, editor.mode, editor.keymap);
  return (
    <Button kind={kind} size="small" isDisabled={isDisabled} onPress={() => onAction(action)}>
      {text} {key !== null && <Kbd>{shownKey(key)}</Kbd>}
    </Button>
  );
}
