import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Form } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client.ts";
import { projectsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { TextField } from "../../components/TextField.tsx";

interface NameDialogProps {
  title: string;
  action: string;
  initialName: string;
  isPending: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  onClose: () => void;
}

export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("projects");
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (name: string) => api.post<{ id: number }>("/api/v1/projects", { name }),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      navigate(`/projects/${id}`);
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
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (name: string) => api.patch<Project>(`/api/v1/projects/${project.id}`, { name }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
    },
  });
  return (
    <NameDialog
      title={t("projects:renameTitle", { name: project.name })}
      action={t("common:rename")}
      initialName={project.name}
      isPending={rename.isPending}
      error={rename.error}
      onSubmit={rename.mutate}
      onClose={onClose}
    />
  );
}

function NameDialog({ title, action, initialName, isPending, error, onSubmit, onClose }: NameDialogProps) {
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
      <Form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") onSubmit(name.trim());
        }}
      >
        <TextField label={t("projects:name")} value={name} onChange={setName} maxLength={100} autoFocus />
      </Form>
      <ErrorMessage error={error} />
    </Dialog>
  );
}
