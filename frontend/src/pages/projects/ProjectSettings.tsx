import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { projectQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Switch } from "../../components/Switch.tsx";
import { mayChangeProject } from "./ProjectCard.tsx";
import styles from "./ProjectSettings.module.css";
import { useProjectChange } from "./projectQueries.ts";

/** The settings at an address of their own, over the gallery. */
export function ProjectSettingsPage() {
  const projectId = useIdParam("projectId");
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? (
    <ProjectSettingsDialog project={project} onClose={() => navigate(`/projects/${projectId}`)} />
  ) : null;
}

interface ProjectSettingsDialogProps {
  project: Project;
  onClose: () => void;
}

export function ProjectSettingsDialog({ project, onClose }: ProjectSettingsDialogProps) {
  const { t } = useTranslation(["projects", "common"]);
  const mayChange = mayChangeProject(project);
  const change = useProjectChange(project);
  const [stripsLocation, setStripsLocation] = useState(project.strip_location);
  const switchTo = (strip_location: boolean) => {
    setStripsLocation(strip_location);
    change.mutate({ strip_location }, { onError: () => setStripsLocation(!strip_location) });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("projects:settingsTitle", { name: projectTitle(project) })}
      size="small"
      footer={<Button onPress={onClose}>{t("common:close")}</Button>}
    >
      <div className={styles.setting}>
        <Switch isSelected={stripsLocation} isDisabled={!mayChange} onChange={switchTo}>
          {t("projects:stripLocation")}
        </Switch>
        <p className={styles.note}>{t("projects:stripLocationText")}</p>
      </div>
      {!mayChange && <p className={styles.note}>{t("projects:settingsRefused")}</p>}
      <ErrorMessage error={change.error} />
    </Dialog>
  );
}
