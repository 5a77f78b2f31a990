import { useTranslation } from "react-i18next";
import { KeyTable, TextKeyTable } from "../../app/KeyTable.tsx";
import { GALLERY_KEYS, KEYS_EVERYWHERE, STATISTICS_KEYS } from "../../app/keyLists.ts";
import { Page } from "../../app/Page.tsx";
import { DEFAULT_KEYS, type Mode } from "../../editor/keys.ts";
import { shownKey } from "../labeling/panels/shownKey.ts";
import styles from "./HelpPage.module.css";

const STEPS = ["upload", "label", "validation", "train", "judge", "use"] as const;

/** The way from pictures to predictions, and every key. */
export function HelpPage() {
  const { t } = useTranslation(["help", "labeling"]);
  return (
    <Page title={t("help:title")}>
      <ol className={styles.steps}>
        {STEPS.map((step, index) => (
          <li key={step} className={styles.step}>
            <span className={styles.number} aria-hidden="true">
              {index + 1}
            </span>
            <h2>{t(`help:step.${step}.title`)}</h2>
            <p>{t(`help:step.${step}.text`)}</p>
          </li>
        ))}
      </ol>
      <h2 className={styles.heading}>{t("help:keys")}</h2>
      <div className={styles.keys}>
        <div className={styles.column}>
          <KeyTable title={t("help:everywhere")} lines={KEYS_EVERYWHERE} />
          <KeyTable title={t("help:gallery")} lines={GALLERY_KEYS} />
          <KeyTable title={t("help:statistics")} lines={STATISTICS_KEYS} />
        </div>
        <div className={styles.column}>
          <EditorKeys title={t("help:polygon")} mode="polygon" />
          <EditorKeys title={t("help:bitmap")} mode="bitmap" />
        </div>
        <EditorKeys title={t("help:editor")} />
      </div>
      <p className={styles.note}>
        {t("help:rest")} <a href="/api/docs">{t("help:apiDocs")}</a>
      </p>
    </Page>
  );
}

function EditorKeys({ title, mode }: { title: string; mode?: Mode }) {
  const { t } = useTranslation("labeling");
  const lines = DEFAULT_KEYS.filter((binding) => binding.mode === mode).map(({ action, keys }) => ({
    text: t(`action.${action}`),
    keys: keys.map(shownKey),
  }));
  return <TextKeyTable title={title} lines={lines} />;
}
