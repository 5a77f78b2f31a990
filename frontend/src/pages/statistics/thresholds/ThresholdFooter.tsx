/** Below the table: optimized or by hand, one threshold for all to try and to set, and who changed what. */
import { History, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Checkpoint } from "../../../api/types.ts";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Definition } from "../../../components/Definition.tsx";
import { Slider } from "../../../components/Slider.tsx";
import { Switch } from "../../../components/Switch.tsx";
import styles from "./ThresholdFooter.module.css";
import { ThresholdHistory } from "./ThresholdHistory.tsx";
import type { ThresholdEditing } from "./useThresholdEditing.ts";

interface ThresholdFooterProps {
  modelId: number;
  checkpoint: Checkpoint;
  editing: ThresholdEditing;
  scorePercent: number | null;
  onScorePercent: (percent: number | null) => void;
}

const DEFAULT_PERCENT = 50;

export function ThresholdFooter({ modelId, checkpoint, editing, scorePercent, onScorePercent }: ThresholdFooterProps) {
  const { t } = useTranslation("statistics");
  const [showsHistory, setShowsHistory] = useState(false);
  const percent = scorePercent ?? DEFAULT_PERCENT;
  return (
    <footer className={styles.footer} data-print="hide">
      <span className={styles.pair}>
        <Switch
          isSelected={editing.isOptimized && !editing.isTryingAll}
          isDisabled={editing.isSaving || !editing.mayChange}
          onChange={(on) => (on ? editing.setOptimized() : editing.keepByHand())}
        >
          {t("useOptimized")}
        </Switch>
        <Definition term={t("useOptimized")}>{t("useOptimizedText")}</Definition>
      </span>
      <Slider
        label={t("tryForAll")}
        className={styles.slider ?? ""}
        value={percent}
        onChange={(value) => onScorePercent(Math.round(value * 10) / 10)}
        minValue={0}
        maxValue={100}
        step={0.5}
        output={`${percent.toFixed(1)} %`}
      />
      <Button
        onPress={() => editing.setAll(percent / 100)}
        isDisabled={editing.isSaving || !editing.mayChange || !editing.isTryingAll}
      >
        {t("setAll")}
      </Button>
      <IconButton
        icon={Undo2}
        label={t("backToThresholds")}
        isDisabled={!editing.isTryingAll}
        onPress={() => onScorePercent(null)}
      />
      <span className={styles.space} />
      <Button kind="quiet" icon={History} onPress={() => setShowsHistory(true)}>
        {t("history")}
      </Button>
      {/* On a line of its own, below: the slider must not move away from the hand that moves it. */}
      {editing.isTryingAll && (
        <p className={styles.tried} role="note">
          {t("tried")}
        </p>
      )}
      {!editing.mayChange && <p className={styles.note}>{t("mayNotChange")}</p>}
      <ThresholdHistory
        modelId={modelId}
        checkpoint={checkpoint}
        isOpen={showsHistory}
        onClose={() => setShowsHistory(false)}
      />
    </footer>
  );
}
