import { Check, CircleX, Download, ImageOff, Replace, Tag } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LabelImportReport } from "../../../../api/types.ts";
import { Button } from "../../../../components/Button.tsx";
import { formatCount } from "../../../../components/format.ts";
import { Icon } from "../../../../components/Icon.tsx";
import { MenuButton, MenuItem } from "../../../../components/Menu.tsx";
import { SearchField } from "../../../../components/SearchField.tsx";
import { saveFile } from "../../../../components/saveFile.ts";
import styles from "./ImportReport.module.css";
import { groupProblems, reportAsCsv } from "./labelImport.ts";
import { ProblemList } from "./ProblemList.tsx";

/** With fewer names than these one sees at a glance which there are. */
const SEARCH_FROM = 6;
const SHOWN_NAMES = 50;

interface ImportReportProps {
  report: LabelImportReport;
  /** What the files were read as. */
  formatTitle: string;
  projectId: number;
  /** It has happened; otherwise it only would. */
  isDone: boolean;
  /** An image of the report is opened. */
  onLeave: () => void;
}

/** What an import did or would do: the figures, then what is missing and what went wrong by image. */
export function ImportReport({ report, formatTitle, projectId, isDone, onLeave }: ImportReportProps) {
  const { t } = useTranslation("labelImport");
  const [search, setSearch] = useState("");
  const figures = useRef<HTMLDivElement>(null);
  // The button that led here is gone or means something else now; keys must still reach the dialog.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of the two reports is a new one to read.
  useEffect(() => figures.current?.focus(), [isDone]);
  const missing = report.images_missing.filter((name) => name.toLowerCase().includes(search.trim().toLowerCase()));
  const groups = groupProblems(report.problems, search);
  const nameCount = report.images_missing.length + groupProblems(report.problems, "").length;
  return (
    <>
      <div ref={figures} tabIndex={-1} className={styles.figures}>
        <Figures report={report} formatTitle={formatTitle} isDone={isDone} />
      </div>
      {nameCount > 0 && (
        <div className={styles.tools}>
          {nameCount >= SEARCH_FROM && (
            <SearchField label={t("search")} value={search} onChange={setSearch} className={styles.search} />
          )}
          <DownloadReport report={report} />
        </div>
      )}
      <ProblemList groups={groups} report={report} projectId={isDone ? projectId : null} onLeave={onLeave} />
      {missing.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("missing")}</h3>
          <ul className={styles.names}>
            {missing.slice(0, SHOWN_NAMES).map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
          {missing.length > SHOWN_NAMES && (
            <p className={styles.rest}>{t("more", { count: missing.length - SHOWN_NAMES })}</p>
          )}
        </section>
      )}
      {search !== "" && missing.length + groups.length === 0 && (
        <p className={styles.rest}>{t("noneFound", { search })}</p>
      )}
    </>
  );
}

type FiguresProps = Pick<ImportReportProps, "report" | "formatTitle" | "isDone">;

function Figures({ report, formatTitle, isDone }: FiguresProps) {
  const { t } = useTranslation("labelImport");
  const count = (figure: number) => ({ count: figure, shown: formatCount(figure) });
  const line = (figure: number, icon: ReactNode, text: string) =>
    figure > 0 && (
      <li className={styles.line}>
        {icon}
        <span>{text}</span>
      </li>
    );
  const ok = <Icon of={Check} className={styles.ok} />;
  return (
    <ul className={styles.lines}>
      <li className={styles.line}>
        <Icon of={Check} className={styles.ok} />
        {t("readAs", { format: formatTitle, ...count(report.images_matched) })}
      </li>
      <li className={styles.line}>
        <Icon of={Check} className={styles.ok} />
        {isDone ? t("imported", count(report.instances_imported)) : t("wouldImport", count(report.instances_imported))}
      </li>
      {line(report.instances_skipped, ok, t("skipped", count(report.instances_skipped)))}
      {line(
        report.instances_replaced,
        <Icon of={Replace} className={styles.warn} />,
        isDone ? t("replaced", count(report.instances_replaced)) : t("wouldReplace", count(report.instances_replaced)),
      )}
      {line(
        report.labels_created.length,
        <Icon of={Tag} />,
        `${t("newLabels", { count: report.labels_created.length })} ${report.labels_created.join(", ")}`,
      )}
      {line(
        report.images_refused,
        <Icon of={CircleX} className={styles.warn} />,
        t("refused", count(report.images_refused)),
      )}
      {line(
        report.images_missing.length,
        <Icon of={ImageOff} className={styles.warn} />,
        t("notThere", count(report.images_missing.length)),
      )}
    </ul>
  );
}

function DownloadReport({ report }: { report: LabelImportReport }) {
  const { t } = useTranslation("labelImport");
  return (
    <MenuButton
      aria-label={t("download")}
      placement="bottom end"
      button={<Button icon={Download}>{t("download")}</Button>}
    >
      <MenuItem
        note={t("csvNote")}
        textValue="CSV"
        onAction={() => saveFile(new Blob([reportAsCsv(report)], { type: "text/csv" }), "label-import.csv")}
      >
        CSV
      </MenuItem>
      <MenuItem
        note={t("jsonNote")}
        textValue="JSON"
        onAction={() =>
          saveFile(new Blob([JSON.stringify(report, null, 1)], { type: "application/json" }), "label-import.json")
        }
      >
        JSON
      </MenuItem>
    </MenuButton>
  );
}
