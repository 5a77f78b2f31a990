import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { LabelImportReport } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatBytes } from "../../../components/format.ts";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import { SegmentedControl } from "../../../components/SegmentedControl.tsx";
import { showToast } from "../../../components/toasts.ts";
import { ImportReport } from "./ImportReport.tsx";
import styles from "./UploadLabelsDialog.module.css";

type Mode = "merge" | "replace";

interface UploadLabelsDialogProps {
  projectId: number;
  onClose: () => void;
}

/** Labels from a file: first what would happen, then it happens. */
export function UploadLabelsDialog({ projectId, onClose }: UploadLabelsDialogProps) {
  const { t } = useTranslation(["labels", "common"]);
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<Mode>("merge");
  const send = (sent: File, options: { mode: Mode; dryRun: boolean }) => {
    const form = new FormData();
    form.append("file", sent);
    return api.post<LabelImportReport>(`/api/v1/projects/${projectId}/labels/import`, form, {
      query: { format: "auto", mode: options.mode, dry_run: options.dryRun },
    });
  };
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: (options: { file: File; mode: Mode }) => send(options.file, { mode: options.mode, dryRun: true }),
  });
  const run = useMutation({
    mutationFn: (sent: File) => send(sent, { mode, dryRun: false }),
    onSuccess: async (report) => {
      await client.invalidateQueries({ queryKey: ["projects", projectId] });
      showToast(t("labels:imported", { count: report.instances_imported }));
      onClose();
    },
  });
  const choose = (chosen: File | undefined, chosenMode: Mode) => {
    if (!chosen) return;
    setFile(chosen);
    setMode(chosenMode);
    run.reset();
    check.mutate({ file: chosen, mode: chosenMode });
  };
  const report = check.data;

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("labels:upload")}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            isDisabled={!file || !report || report.instances_imported === 0}
            isPending={run.isPending}
            onPress={() => file && run.mutate(file)}
          >
            {report && report.instances_imported > 0
              ? t("labels:importCount", { count: report.instances_imported })
              : t("labels:import")}
          </Button>
        </>
      }
    >
      <p className={styles.intro}>{t("labels:uploadText")}</p>
      <div className={styles.file}>
        <FileTrigger
          acceptedFileTypes={[".json", ".zip", ".xml"]}
          onSelect={(files) => choose(files?.[0] ?? undefined, mode)}
        >
          <Button icon={FileUp}>{file ? t("labels:otherFile") : t("labels:chooseFile")}</Button>
        </FileTrigger>
        {file && (
          <span className={styles.fileName}>
            {file.name} <span className={styles.size}>{formatBytes(file.size)}</span>
          </span>
        )}
      </div>
      <div className={styles.mode}>
        <SegmentedControl
          label={t("labels:mode")}
          value={mode}
          onChange={(chosen) => (file ? choose(file, chosen) : setMode(chosen))}
          options={[
            { value: "merge", text: t("labels:modeMerge") },
            { value: "replace", text: t("labels:modeReplace") },
          ]}
        />
        <span className={styles.modeText}>
          {t(mode === "merge" ? "labels:modeMergeText" : "labels:modeReplaceText")}
        </span>
      </div>
      {check.isPending && <ProgressBar label={t("labels:checking")} value={null} />}
      {report && !check.isPending && <ImportReport report={report} />}
      <ErrorMessage error={run.error ?? check.error} />
    </Dialog>
  );
}
