import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LabelClass } from "../../../api/types.ts";
import { classNames } from "../../../components/classNames.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import { TextField } from "../../../components/TextField.tsx";
import { findLabels } from "./findLabels.ts";
import { useAddLabel } from "./NewLabelField.tsx";
import { RowsInSight } from "./RowsInSight.tsx";
import styles from "./SidePanel.module.css";

interface LabelPaletteProps {
  isOpen: boolean;
  projectId: number;
  labels: readonly LabelClass[];
  onChoose: (label: string) => void;
  onClose: () => void;
}

/** Finds a label by some of its letters in order ("hzn" finds hazelnut); Enter takes the first, or adds it. */
export function LabelPalette({ isOpen, projectId, labels, onChoose, onClose }: LabelPaletteProps) {
  const { t } = useTranslation("labeling");
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("action.palette")} size="small">
      <PaletteField projectId={projectId} labels={labels} onChoose={onChoose} onClose={onClose} />
    </Dialog>
  );
}

function PaletteField({ projectId, labels, onChoose, onClose }: Omit<LabelPaletteProps, "isOpen">) {
  const { t } = useTranslation("labeling");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const add = useAddLabel(projectId, labels);
  const found = findLabels(labels, text);
  const choose = (label: string) => {
    onChoose(label);
    onClose();
  };
  const submit = () => {
    const wanted = found[at] ?? found[0];
    if (wanted) choose(wanted.name);
    else if (text.trim() !== "" && !add.isPending) add.mutate(text.trim(), { onSuccess: ({ name }) => choose(name) });
  };
  const step = (key: string): boolean => {
    if (key === "Enter") submit();
    else if (key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else return false;
    return true;
  };
  return (
    <>
      <TextField
        label={t("findLabel")}
        value={text}
        onChange={(value) => {
          setText(value);
          setAt(0);
        }}
        autoFocus
        error={add.error?.message}
        onKeyDown={(event) => {
          if (step(event.key)) event.preventDefault();
          // Esc is the dialog's
          else event.continuePropagation();
        }}
      />
      {found.length === 0 && <p className={styles.note}>{t("noLabelMatches")}</p>}
      <div className={styles.palette}>
        <RowsInSight
          items={found}
          at={at}
          row={(label, i) => <PaletteRow label={label} isChosen={i === at} onChoose={() => choose(label.name)} />}
        />
      </div>
    </>
  );
}

interface PaletteRowProps {
  label: LabelClass;
  isChosen: boolean;
  onChoose: () => void;
}

function PaletteRow({ label, isChosen, onChoose }: PaletteRowProps) {
  return (
    <button type="button" className={classNames(styles.row, isChosen && styles.chosen)} onClick={onChoose}>
      <Swatch color={label.color} />
      <span className={styles.name}>{label.name}</span>
    </button>
  );
}
