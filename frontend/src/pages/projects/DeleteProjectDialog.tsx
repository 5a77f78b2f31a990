import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { projectQuery, projectsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { DeleteByNameDialog } from "../../components/DeleteByNameDialog.tsx";
import { formatCount } from "../../components/format.ts";

export function DeleteProjectDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation("projects");
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/api/v1/projects/${project.id}`),
    onSuccess: async () => {
      onClose();
      client.removeQueries({ queryKey: projectQuery(project.id).queryKey });
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
  return (
    <DeleteByNameDialog
      title={t("deleteTitle", { name: projectTitle(project) })}
      name={project.name}
      action={t("delete")}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate()}
      onClose={onClose}
    >
      {t("deleteText", { images: formatCount(project.image_count), models: formatCount(project.model_count) })}
    </DeleteByNameDialog>
  );
}
