import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { projectsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { useSendForm } from "../../api/useSendForm.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatBytes } from "../../components/format.ts";
import { SendingProgress } from "../../components/SendingProgress.tsx";
import { showToast } from "../../components/toasts.ts";
import styles from "./ImportArchiveDialog.module.css";

/** A project that was downloaded as an archive, here or on another server. */
export function ImportArchiveDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["projects", "common"]);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const sender = useSendForm<Project>();
  const take = useMutation({
    mutationFn: (archive: File) => {
      const form = new FormData();
      form.append("file", archive, archive.name);
      return sender.send("/api/v1/projects/archive", form);
    },
    onSuccess: (project) => {
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      showToast(t("projects:imported", { name: projectTitle(project) }));
      return navigate(`/projects/${project.id}`); // pending until it is open
    },
  });
  const stop = () => {
    sender.stop();
    take.reset();
  };
  // Closing by Esc or a click beside the dialog would lose without a word what was sent so far.
  const cancel = take.isPending ? stop : onClose;
  const choose = (files: FileList | null) => {
    const chosen = files?.[0];
    if (!chosen) return;
    setFile(chosen);
    take.reset();
  };
  return (
    <Dialog
      isOpen
      onClose={cancel}
      title={t("projects:importArchive")}
      size="small"
      footer={
        <>
          <Button onPress={cancel}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            isDisabled={!file}
            isPending={take.isPending}
            onPress={() => file && take.mutate(file)}
          >
            {t("projects:importAction")}
          </Button>
        </>
      }
    >
      <p>{t("projects:importText")}</p>
      <div className={styles.file}>
        <FileTrigger acceptedFileTypes={[".zip"]} onSelect={choose}>
          <Button icon={FileUp} isDisabled={take.isPending}>
            {t("projects:chooseArchive")}
          </Button>
        </FileTrigger>
        {file && (
          <span className={styles.name}>
            {file.name} <span className={styles.size}>{formatBytes(file.size)}</span>
          </span>
        )}
      </div>
      {take.isPending && <SendingProgress share={sender.sentShare} after={t("projects:importing")} />}
      <ErrorMessage error={take.error} />
    </Dialog>
  );
}
