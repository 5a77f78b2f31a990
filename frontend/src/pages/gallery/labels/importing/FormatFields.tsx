import { useTranslation } from "react-i18next";
import type { LabelFormat } from "../../../../api/types.ts";
import { SegmentedControl } from "../../../../components/SegmentedControl.tsx";
import { Select } from "../../../../components/Select.tsx";
import styles from "./FormatFields.module.css";
import { AUTO, type ImportMode } from "./labelImport.ts";

interface FormatFieldsProps {
  formats: readonly LabelFormat[];
  format: string;
  onFormat: (format: string) => void;
  mode: ImportMode;
  onMode: (mode: ImportMode) => void;
}

/** How files are read, and what becomes of the objects that are there. */
export function FormatFields({ formats, format, onFormat, mode, onMode }: FormatFieldsProps) {
  const { t } = useTranslation("labelImport");
  return (
    <div className={styles.fields}>
      <Select
        label={t("format")}
        value={format}
        onChange={onFormat}
        options={[
          { value: AUTO, text: t("auto") },
          ...formats
            .filter(({ reads }) => reads)
            .map(({ name, title, accepts }) => ({ value: name, text: title, note: accepts.split(",").join(" ") })),
        ]}
      />
      <div className={styles.mode}>
        <span className={styles.title} aria-hidden="true">
          {t("mode")}
        </span>
        <SegmentedControl
          label={t("mode")}
          value={mode}
          onChange={onMode}
          options={[
            { value: "merge", text: t("merge") },
            { value: "replace", text: t("replace") },
          ]}
        />
        <span className={styles.note}>{t(mode === "merge" ? "mergeText" : "replaceText")}</span>
      </div>
    </div>
  );
}
