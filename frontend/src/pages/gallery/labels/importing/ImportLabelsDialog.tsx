import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../../../api/types.ts";
import { Button } from "../../../../components/Button.tsx";
import { Dialog } from "../../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../../components/ErrorMessage.tsx";
import { SendingProgress } from "../../../../components/SendingProgress.tsx";
import type { NamedFile } from "../../upload/uploadQueue.ts";
import { labelFormatsQuery } from "../labelFormats.ts";
import { ChosenFiles } from "./ChosenFiles.tsx";
import { FileDrop } from "./FileDrop.tsx";
import { FormatFields } from "./FormatFields.tsx";
import styles from "./ImportLabelsDialog.module.css";
import { ImportReport } from "./ImportReport.tsx";
import { AUTO, endingsOf, type ImportMode, labelFilesAmong, withFiles } from "./labelImport.ts";
import { useLabelImport } from "./useLabelImport.ts";

type Step = "files" | "preview" | "done";

interface ImportLabelsDialogProps {
  project: Project;
  onClose: () => void;
}

/** Labels from files: first they are chosen, then one sees what would happen, then it happens. */
export function ImportLabelsDialog({ project, onClose }: ImportLabelsDialogProps) {
  const { t } = useTranslation(["labelImport", "common"]);
  const [step, setStep] = useState<Step>("files");
  const [files, setFiles] = useState<NamedFile[]>([]);
  const [format, setFormat] = useState(AUTO);
  const [mode, setMode] = useState<ImportMode>("merge");
  const [noLabels, setNoLabels] = useState<string | null>(null);
  const formats = useQuery(labelFormatsQuery(project.id));
  const endings = endingsOf(formats.data?.items ?? [], format);
  const labelImport = useLabelImport(project.id, ({ isDryRun }) => setStep(isDryRun ? "preview" : "done"));
  const { report, isBusy } = labelImport;
  // The server has all and goes on by itself, whatever is pressed here.
  const isStoring = isBusy && step === "preview" && labelImport.sentShare === 1;

  const add = (added: NamedFile[]) => {
    if (step !== "files" || isBusy || added.length === 0) return;
    const found = labelFilesAmong(added, endings);
    setNoLabels(found.length > 0 ? null : t("labelImport:noLabels", { endings: endings.join(", ") }));
    setFiles((chosen) => withFiles(chosen, found));
    labelImport.forget();
  };
  const back = () => {
    labelImport.stop();
    setStep("files");
  };
  const titleOf = (name: string) => formats.data?.items.find((one) => one.name === name)?.title ?? name;
  const send = (isDryRun: boolean) => labelImport.start(files, { format, mode, isDryRun });

  return (
    <FileDrop onFiles={add}>
      {(isOver) => (
        <Dialog
          isOpen
          onClose={onClose}
          title={t("labelImport:title")}
          subtitle={t(`labelImport:step.${step}`)}
          footer={
            step === "done" ? (
              <Button kind="primary" onPress={onClose}>
                {t("common:close")}
              </Button>
            ) : (
              <>
                <Button
                  isDisabled={isStoring}
                  onPress={isBusy ? labelImport.stop : step === "preview" ? back : onClose}
                >
                  {t(step === "preview" && !isBusy ? "common:back" : "common:cancel")}
                </Button>
                {step === "files" ? (
                  <Button kind="primary" isDisabled={files.length === 0} isPending={isBusy} onPress={() => send(true)}>
                    {t("labelImport:check")}
                  </Button>
                ) : (
                  <Button
                    kind="primary"
                    isDisabled={!report || report.instances_imported + report.instances_replaced === 0}
                    isPending={isBusy}
                    onPress={() => send(false)}
                  >
                    {t("labelImport:run", { count: report?.instances_imported ?? 0 })}
                  </Button>
                )}
              </>
            )
          }
        >
          {step === "files" && (
            <>
              <p className={styles.intro}>{t("labelImport:intro")}</p>
              <ChosenFiles
                files={files}
                endings={endings}
                isOver={isOver}
                onAdd={add}
                onRemove={(name) => setFiles(name === null ? [] : files.filter((file) => file.name !== name))}
              />
              <ErrorMessage error={noLabels} />
              <FormatFields
                formats={formats.data?.items ?? []}
                format={format}
                onFormat={setFormat}
                mode={mode}
                onMode={setMode}
              />
              <ErrorMessage error={formats.error} onRetry={() => formats.refetch()} />
            </>
          )}
          {isBusy && <SendingProgress share={labelImport.sentShare} after={t("labelImport:reading")} />}
          {step !== "files" && report && !isBusy && (
            <ImportReport
              report={report}
              formatTitle={titleOf(report.format)}
              projectId={project.id}
              isDone={step === "done"}
              onLeave={onClose}
            />
          )}
          <ErrorMessage error={labelImport.error} />
        </Dialog>
      )}
    </FileDrop>
  );
}
