import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Checkbox } from "../../../components/Checkbox.tsx";
import { Kbd } from "../../../components/Kbd.tsx";
import { SegmentedControl } from "../../../components/SegmentedControl.tsx";
import { Slider } from "../../../components/Slider.tsx";
import { BRUSH_RADIUS } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor, type Mode } from "../../../editor/keys.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./Bars.module.css";
import { shownKey } from "./shownKey.ts";

interface ModeBarProps {
  editor: Editor;
  onAction: (action: KeyAction) => void;
}

const HINTS: Readonly<Record<Mode, readonly KeyAction[]>> = {
  polygon: ["newObject", "closeOrNew", "edit", "samePart", "hole"],
  bitmap: ["newObject", "draw", "erase", "fill"],
};

/** Polygon or bitmap, with the keys of the mode; in bitmap mode the brush's size. */
export function ModeBar({ editor, onAction }: ModeBarProps) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "tool", "settings");
  return (
    <div className={styles.left}>
      <SegmentedControl
        label={t("mode")}
        size="small"
        value={editor.mode}
        onChange={(mode: Mode) => editor.setMode(mode)}
        options={[
          { value: "polygon", text: t("polygon") },
          { value: "bitmap", text: t("bitmap") },
        ]}
      />
      <div className={styles.hints}>
        {HINTS[editor.mode].map((action) => (
          <Hint key={action} editor={editor} action={action} onAction={onAction} />
        ))}
      </div>
      {editor.mode === "bitmap" ? <BitmapSettings editor={editor} /> : <PolygonSettings editor={editor} />}
    </div>
  );
}

function Hint({ editor, action, onAction }: ModeBarProps & { action: KeyAction }) {
  const { t } = useTranslation("labeling");
  const key = keyFor(action, editor.mode, editor.keymap);
  return (
    <Button kind="quiet" size="small" onPress={() => onAction(action)}>
      {action === "closeOrNew" ? t("close") : t(`action.${action}`)} {key !== null && <Kbd>{shownKey(key)}</Kbd>}
    </Button>
  );
}

function BitmapSettings({ editor }: { editor: Editor }) {
  const { t } = useTranslation("labeling");
  const { tool, settings } = editor;
  return (
    <>
      {(tool.name === "brush" || tool.name === "eraser") && <BrushSettings editor={editor} />}
      {tool.name === "fill" && (
        <Slider
          label={t("fillTolerance")}
          className={styles.tolerance ?? ""}
          value={settings.fillTolerance}
          minValue={0}
          maxValue={MOST_FILL_TOLERANCE}
          onChange={(fillTolerance) => editor.change({ fillTolerance })}
          output={String(settings.fillTolerance)}
        />
      )}
      {tool.name !== "eraser" && (
        <Switched editor={editor} action="protectOthers" setting="protectOthers" label={t("protectOthers")} />
      )}
    </>
  );
}

/** Of 255; beyond it nearly everything is alike. */
const MOST_FILL_TOLERANCE = 128;

function BrushSettings({ editor }: { editor: Editor }) {
  const { t } = useTranslation("labeling");
  const { brushRadius, brushShape } = editor.settings;
  // the slider moves over powers: a step at 2 pixels is as large as one at 200
  const position = Math.log2(brushRadius);
  return (
    <>
      <Slider
        label={t("brushSize")}
        hideLabel
        className={styles.brush ?? ""}
        value={position}
        minValue={Math.log2(BRUSH_RADIUS.least)}
        maxValue={Math.log2(BRUSH_RADIUS.most)}
        step={0.05}
        onChange={(value) => editor.change({ brushRadius: Math.round(2 ** value * 2) / 2 })}
        output={t("brushPixels", { size: brushRadius * 2 })}
      />
      <Checkbox
        isSelected={brushShape === "square"}
        onChange={(isSquare) => editor.change({ brushShape: isSquare ? "square" : "round" })}
      >
        {t("squareBrush")} <SettingKey editor={editor} action="squareBrush" />
      </Checkbox>
    </>
  );
}

function PolygonSettings({ editor }: { editor: Editor }) {
  const { t } = useTranslation("labeling");
  return <Switched editor={editor} action="snap" setting="snaps" label={t("snap")} />;
}

interface SwitchedProps {
  editor: Editor;
  action: KeyAction;
  setting: "protectOthers" | "snaps";
  label: string;
}

function Switched({ editor, action, setting, label }: SwitchedProps) {
  return (
    <Checkbox isSelected={editor.settings[setting]} onChange={(isOn) => editor.change({ [setting]: isOn })}>
      {label} <SettingKey editor={editor} action={action} />
    </Checkbox>
  );
}

function SettingKey({ editor, action }: { editor: Editor; action: KeyAction }) {
  const key = keyFor(action, editor.mode, editor.keymap);
  return key === null ? null : <Kbd>{shownKey(key)}</Kbd>;
}
