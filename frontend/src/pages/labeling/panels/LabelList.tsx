import { Plus } from "lucide-react";
import { useId } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { LabelClass } from "../../../api/types.ts";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Kbd } from "../../../components/Kbd.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import { setLabel } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import { useEditorValue } from "../work/useEditor.ts";
import { NewLabelField } from "./NewLabelField.tsx";
import { RowsInSight } from "./RowsInSight.tsx";
import styles from "./SidePanel.module.css";

interface LabelListProps {
  editor: Editor;
  projectId: number;
  labels: readonly LabelClass[];
  isAdding: boolean;
  onAdding: (isAdding: boolean) => void;
}

/** Number keys reach the first nine labels. */
const KEYED = 9;

export function LabelList({ editor, projectId, labels, isAdding, onAdding }: LabelListProps) {
  const { t } = useTranslation("labeling");
  const heading = useId();
  const active = useEditorValue(editor, () => editor.activeLabel);
  return (
    <section className={styles.labels} aria-labelledby={heading}>
      <header className={styles.heading}>
        <h2 id={heading}>{t("labels")}</h2>
        <IconButton icon={Plus} size="small" label={t("addLabel")} onPress={() => onAdding(true)} />
      </header>
      {isAdding && (
        <NewLabelField
          projectId={projectId}
          labels={labels}
          onAdded={(name) => setLabel(editor, name)}
          onClose={() => onAdding(false)}
        />
      )}
      {labels.length === 0 && !isAdding && <p className={styles.note}>{t("noLabels")}</p>}
      <RowsInSight
        items={labels}
        at={labels.findIndex(({ name }) => name === active)}
        row={(label, at) => <LabelRow {...{ editor, label, at }} isChosen={label.name === active} />}
      />
    </section>
  );
}

interface LabelRowProps {
  editor: Editor;
  label: LabelClass;
  at: number;
  isChosen: boolean;
}

function LabelRow({ editor, label, at, isChosen }: LabelRowProps) {
  return (
    <AriaButton
      className={classNames(styles.row, isChosen && styles.chosen)}
      aria-pressed={isChosen}
      onPress={() => setLabel(editor, label.name)}
    >
      <Swatch color={label.color} />
      <span className={styles.name}>{label.name}</span>
      {at < KEYED && <Kbd>{at + 1}</Kbd>}
    </AriaButton>
  );
}
