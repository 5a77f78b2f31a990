import { Check, CheckCheck, ChevronRight, Eye, EyeOff, X } from "lucide-react";
import { useId, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { formatPercent } from "../../../components/format.ts";
import { NumberField } from "../../../components/NumberField.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import { RowsInSight } from "../panels/RowsInSight.tsx";
import sideStyles from "../panels/SidePanel.module.css";
import { shownKey } from "../panels/shownKey.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./DraftLabels.module.css";
import { type DraftLabel, modelOf } from "./draftLabels.ts";
import type { DraftDesk } from "./useDraftLabels.ts";

interface DraftPanelProps {
  editor: Editor;
  desk: DraftDesk;
  colorOf: (label: string) => string;
}

/** Percent; most of what a model is so sure of is right. */
const SURE = 80;

/** The drafts of the image, each to be accepted or rejected, or all at once; nothing where there was none. */
export function DraftPanel({ editor, desk, colorOf }: DraftPanelProps) {
  const { t } = useTranslation("drafts");
  const heading = useId();
  const hintOf = useHints(editor);
  const { open } = desk;
  if (!desk.hadAny) return null;
  const models = [...new Set(open.map(({ instance }) => modelOf(instance.source)))].join(", ");
  const title = open.length === 0 ? t("title") : t("of", { models });
  return (
    <section className={classNames(styles.drafts, open.length > 0 && styles.open)} aria-labelledby={heading}>
      <header className={sideStyles.heading}>
        <h2 id={heading} className={styles.title} title={title}>
          {title}
        </h2>
        <span className={sideStyles.count}>{open.length}</span>
        {open.length > 0 && (
          <IconButton
            icon={desk.isShown ? Eye : EyeOff}
            size="small"
            label={t(desk.isShown ? "hide" : "show")}
            onPress={() => desk.show(!desk.isShown)}
          />
        )}
      </header>
      {open.length === 0 ? (
        <p className={sideStyles.note}>{t("allDecided")}</p>
      ) : (
        <>
          <div className={styles.all}>
            <Button size="small" icon={CheckCheck} onPress={() => desk.accept(open)}>
              {t("acceptAll")}
            </Button>
            <Button size="small" icon={X} onPress={() => desk.reject(open)}>
              {t("rejectAll")}
            </Button>
          </div>
          <AcceptFrom desk={desk} />
          <DraftRows desk={desk} colorOf={colorOf} hintOf={hintOf} />
        </>
      )}
      <div className={styles.next}>
        <Button kind="quiet" size="small" iconAfter={ChevronRight} fill onPress={desk.toNextImage}>
          {t("nextImage")}
        </Button>
      </div>
    </section>
  );
}

type HintOf = (action: KeyAction) => { hint?: string };

/** The keys that do the same as the buttons, as this person has them. */
function useHints(editor: Editor): HintOf {
  useEditor(editor, "tool");
  return (action) => {
    const key = keyFor(action, editor.mode, editor.keymap);
    return key === null ? {} : { hint: shownKey(key) };
  };
}

function AcceptFrom({ desk }: { desk: DraftDesk }) {
  const { t } = useTranslation("drafts");
  const [least, setLeast] = useState(SURE);
  const sure = desk.open.filter(({ score }) => score * 100 >= least);
  return (
    <div className={styles.from}>
      <span aria-hidden="true">≥</span>
      <NumberField
        label={t("leastScore")}
        hideLabel
        unit="%"
        value={least}
        onChange={(value) => Number.isFinite(value) && setLeast(value)}
        minValue={0}
        maxValue={100}
      />
      <Button
        size="small"
        aria-label={t("acceptFromLabel", { count: sure.length, least })}
        isDisabled={sure.length === 0}
        onPress={() => desk.accept(sure)}
      >
        {t("acceptFrom", { count: sure.length })}
      </Button>
    </div>
  );
}

interface DraftRowsProps {
  desk: DraftDesk;
  colorOf: (label: string) => string;
  hintOf: HintOf;
}

function DraftRows({ desk, colorOf, hintOf }: DraftRowsProps) {
  const { open, chosen } = desk;
  return (
    <RowsInSight
      items={open}
      at={chosen ? open.indexOf(chosen) : -1}
      row={(draft) => <DraftRow {...{ desk, draft, hintOf }} color={colorOf(draft.instance.label)} />}
    />
  );
}

interface DraftRowProps {
  desk: DraftDesk;
  draft: DraftLabel;
  color: string;
  hintOf: HintOf;
}

function DraftRow({ desk, draft, color, hintOf }: DraftRowProps) {
  const { t } = useTranslation("drafts");
  const isChosen = draft === desk.chosen;
  const words = { label: draft.instance.label, score: formatPercent(draft.score, 0) };
  return (
    <div className={classNames(sideStyles.row, sideStyles.object, isChosen && sideStyles.chosen)}>
      <AriaButton className={sideStyles.pick ?? ""} aria-pressed={isChosen} onPress={() => desk.choose(draft)}>
        <Swatch color={color} isHollow />
        <span className={sideStyles.name}>{words.label}</span>
        <span className={styles.score}>{words.score}</span>
      </AriaButton>
      <IconButton
        icon={Check}
        size="small"
        label={t("accept", words)}
        isDisabled={!desk.canAccept(draft)}
        onPress={() => desk.accept([draft])}
        {...hintOf("acceptDraft")}
      />
      <IconButton
        icon={X}
        size="small"
        label={t("reject", words)}
        onPress={() => desk.reject([draft])}
        {...hintOf("rejectDraft")}
      />
    </div>
  );
}
