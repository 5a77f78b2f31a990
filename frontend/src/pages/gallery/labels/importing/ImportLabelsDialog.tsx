import { useQuery, useQueryClient } from "@tanstack/react-query";
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
import { type LabelImport, useLabelImport } from "./useLabelImport.ts";

type Step = "files" | "preview" | "done";

interface ImportLabelsDialogProps {
  project: Project;
  onClose: () => void;
}

/** Labels from files: first they are chosen, then one sees what would happen, then it happens. */
export function ImportLabelsDialog({ project, onClose }: ImportLabelsDialogProps) {
  const { t } = useTranslation("labelImport");
  const [step, setStep] = useState<Step>("files");
  const [format, setFormat] = useState(AUTO);
  const [mode, setMode] = useState<ImportMode>("merge");
  const formats = useQuery(labelFormatsQuery(project.id));
  const known = formats.data?.items ?? [];
  const endings = endingsOf(known, format);
  const chosen = useChosenFiles();
  const labelImport = useLabelImport(project.id, ({ isDryRun }) => setStep(isDryRun ? "preview" : "done"));
  const { report, isBusy } = labelImport;
  const client = useQueryClient();
  const add = async (files: NamedFile[]) => {
    if (step !== "files" || isBusy || files.length === 0) return;
    labelImport.forget();
    // Files may be quicker than the list that says which of them hold labels; without it all are taken.
    const listed = await client.ensureQueryData(labelFormatsQuery(project.id)).catch(() => ({ items: [] }));
    chosen.add(files, endingsOf(listed.items, format));
  };

  return (
    <FileDrop onFiles={add}>
      {(isOver) => (
        <Dialog
          isOpen
          onClose={onClose}
          title={t("title")}
          subtitle={t(`step.${step}`)}
          footer={
            <Footer
              step={step}
              hasFiles={chosen.files.length > 0}
              labelImport={labelImport}
              onSend={(isDryRun) => labelImport.start(chosen.files, { format, mode, isDryRun })}
              onBack={() => setStep("files")}
              onClose={onClose}
            />
          }
        >
          {step === "files" && (
            <>
              <p className={styles.intro}>{t("intro")}</p>
              <ChosenFiles
                files={chosen.files}
                endings={endings}
                isOver={isOver}
                onAdd={add}
                onRemove={chosen.remove}
              />
              {chosen.hasNoLabels && <ErrorMessage error={t("noLabels", { endings: endings.join(", ") })} />}
              <FormatFields formats={known} format={format} onFormat={setFormat} mode={mode} onMode={setMode} />
              <ErrorMessage error={formats.error} onRetry={() => formats.refetch()} />
            </>
          )}
          {isBusy && <SendingProgress share={labelImport.sentShare} after={t("reading")} />}
          {step !== "files" && report && !isBusy && (
            <ImportReport
              report={report}
              formatTitle={known.find(({ name }) => name === report.format)?.title ?? report.format}
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

interface FooterProps {
  step: Step;
  hasFiles: boolean;
  labelImport: LabelImport;
  onSend: (isDryRun: boolean) => void;
  onBack: () => void;
  onClose: () => void;
}

function Footer({ step, hasFiles, labelImport, onSend, onBack, onClose }: FooterProps) {
  const { t } = useTranslation(["labelImport", "common"]);
  const { isBusy, report } = labelImport;
  const isFirst = step === "files";
  const isDone = step === "done";
  const leave = () => {
    if (isBusy) labelImport.stop();
    else if (isFirst) onClose();
    else onBack();
  };
  const goOn = isFirst
    ? { text: t("labelImport:check"), isPossible: hasFiles, run: () => onSend(true) }
    : {
        text: t("labelImport:run", { count: report?.instances_imported ?? 0 }),
        isPossible: isBusy || (report !== undefined && report.instances_imported + report.instances_replaced > 0),
        run: () => onSend(false),
      };
  const { text, isPossible, run } = isDone ? { text: t("common:close"), isPossible: true, run: onClose } : goOn;
  return (
    <>
      {!isDone && (
        // When the server has all, it goes on by itself, whatever is pressed here.
        <Button isDisabled={isBusy && !isFirst && labelImport.sentShare === 1} onPress={leave}>
          {t(isBusy || isFirst ? "common:cancel" : "common:back")}
        </Button>
      )}
      <Button kind="primary" isDisabled={!isPossible} isPending={isBusy} onPress={run}>
        {text}
      </Button>
    </>
  );
}

/** The files that are going to be sent, of those that were chosen or dropped. */
function useChosenFiles() {
  const [files, setFiles] = useState<readonly NamedFile[]>([]);
  const [hasNoLabels, setHasNoLabels] = useState(false);
  const add = (added: readonly NamedFile[], endings: readonly string[]) => {
    const found = labelFilesAmong(added, endings);
    setHasNoLabels(found.length === 0);
    setFiles((before) => withFiles(before, found));
  };
  const remove = (name: string | null) =>
    setFiles((before) => (name === null ? [] : before.filter((file) => file.name !== name)));
  return { files, hasNoLabels, add, remove };
}
