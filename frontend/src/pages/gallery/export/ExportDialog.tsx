import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LabelFormat, Project } from "../../../api/types.ts";
import { Button, DownloadButton } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatCount } from "../../../components/format.ts";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import { Skeleton } from "../../../components/Skeleton.tsx";
import { labelFormatsQuery } from "../labels/labelFormats.ts";
import styles from "./ExportDialog.module.css";
import { canLose, EXACT_FORMAT, exportAddress, exportReportQuery } from "./exportQueries.ts";
import { FormatCards } from "./FormatCards.tsx";
import { LossReport } from "./LossReport.tsx";

interface ExportDialogProps {
  project: Project;
  onClose: () => void;
}

/** The project's labels as a file; what its format loses is said before. */
export function ExportDialog({ project, onClose }: ExportDialogProps) {
  const { t } = useTranslation(["labelExport", "common"]);
  const formats = useQuery(labelFormatsQuery(project.id));
  const written = formats.data?.items.filter(({ writes }) => writes) ?? [];
  const [name, setName] = useState(EXACT_FORMAT);
  const format = written.find((one) => one.name === name) ?? written[0];
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("labelExport:title")}
      subtitle={t("labelExport:images", { count: project.labeled_count, shown: formatCount(project.labeled_count) })}
      size="large"
      footer={
        <>
          <Button onPress={onClose}>{t("common:close")}</Button>
          {format && (
            <DownloadButton kind="primary" icon={Download} href={exportAddress(project.id, format.name)}>
              {t("labelExport:download", { title: format.title })}
            </DownloadButton>
          )}
        </>
      }
    >
      <ErrorMessage error={formats.error} onRetry={() => formats.refetch()} />
      {formats.isPending && <Skeleton height={160} />}
      {format && <FormatCards formats={written} value={format.name} onChange={setName} />}
      {format && <Losses projectId={project.id} format={format} onFormat={setName} />}
    </Dialog>
  );
}

interface LossesProps {
  projectId: number;
  format: LabelFormat;
  onFormat: (name: string) => void;
}

function Losses({ projectId, format, onFormat }: LossesProps) {
  const { t } = useTranslation("labelExport");
  const report = useQuery({ ...exportReportQuery(projectId, format.name), enabled: canLose(format) });
  if (!canLose(format)) return <p className={styles.exact}>{t("losesNothing")}</p>;
  if (report.data) {
    return <LossReport projectId={projectId} report={report.data} onExact={() => onFormat(EXACT_FORMAT)} />;
  }
  if (report.error) return <ErrorMessage error={report.error} onRetry={() => report.refetch()} />;
  return (
    <div className={styles.measuring} role="status">
      <span>{t("measuring")}</span>
      <ProgressBar label={t("measuring")} value={null} />
    </div>
  );
}
