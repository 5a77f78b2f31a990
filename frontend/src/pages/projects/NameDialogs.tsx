import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client.ts";
import { projectsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Form } from "../../components/Form.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { TextField } from "../../components/TextField.tsx";
import { showToast } from "../../components/toasts.ts";
import { useProjectChange } from "./projectQueries.ts";

const MAX_NAME_CHARACTERS = 100;

interface NameDialogProps {
  title: string;
  action: string;
  initialName: string;
  isPending: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  onClose: () => void;
  /** Below the name. */
  children?: ReactNode;
}

export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("projects");
  const client = useQueryClient();
  const navigate = useNavigate();
  const isOpen = useIsOpen();
  const create = useMutation({
    mutationFn: (name: string) => api.post<{ id: number }>("/api/v1/projects", { name }),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      // Whoever closed the dialog meanwhile stays where they are.
      return isOpen.current ? navigate(`/projects/${id}`) : undefined; // pending until it is open
    },
  });
  return (
    <NameDialog
      title={t("new")}
      action={t("create")}
      initialName=""
      isPending={create.isPending}
      error={create.error}
      onSubmit={create.mutate}
      onClose={onClose}
    />
  );
}

export function RenameProjectDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation(["projects", "common"]);
  const rename = useProjectChange(project, onClose);
  return (
    <NameDialog
      title={t("projects:renameTitle", { name: project.name })}
      action={t("common:rename")}
      initialName={project.name}
      isPending={rename.isPending}
      error={rename.error}
      onSubmit={(name) => rename.mutate({ name })}
      onClose={onClose}
    />
  );
}

/** Copies a project; a copy that takes long goes on when the dialog is closed, and a toast leads to it. */
export function CopyProjectDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation("projects");
  const client = useQueryClient();
  const navigate = useNavigate();
  const isOpen = useIsOpen();
  const copyName = t("copyName", { name: project.name, interpolation: { escapeValue: false } }); // to be stored, not shown
  const copy = useMutation({
    mutationFn: (name: string) => api.post<Project>(`/api/v1/projects/${project.id}/copy`, { name }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      showToast(t("copied", { name: projectTitle(made) }), {
        action: { text: t("open"), run: () => void navigate(`/projects/${made.id}`) },
      });
    },
    // In the dialog where it is still open.
    onError: ({ message }) =>
      isOpen.current || showToast(t("notCopied", { name: project.name, reason: message }), { kind: "error" }),
  });
  return (
    <NameDialog
      title={t("copyTitle", { name: project.name })}
      action={t("copyAction")}
      initialName={copyName.slice(0, MAX_NAME_CHARACTERS)}
      isPending={copy.isPending}
      error={copy.error}
      onSubmit={(name) => copy.mutate(name, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{t(copy.isPending ? "copying" : "copyText")}</p>
      {copy.isPending && <ProgressBar label={t("copyTitle", { name: project.name })} value={null} />}
    </NameDialog>
  );
}

/** Whether the dialog is there yet when an answer comes. */
function useIsOpen() {
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return isOpen;
}

function NameDialog({ title, action, initialName, isPending, error, onSubmit, onClose, children }: NameDialogProps) {
  const { t } = useTranslation(["projects", "common"]);
  const [name, setName] = useState(initialName);
  const formId = useId();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button type="submit" form={formId} kind="primary" isDisabled={name.trim() === ""} isPending={isPending}>
            {action}
          </Button>
        </>
      }
    >
      <Form id={formId} isPending={isPending} onSubmit={() => name.trim() !== "" && onSubmit(name.trim())}>
        <TextField
          label={t("projects:name")}
          value={name}
          onChange={setName}
          maxLength={MAX_NAME_CHARACTERS}
          autoFocus
        />
      </Form>
      {children}
      <ErrorMessage error={error} />
    </Dialog>
  );
}
