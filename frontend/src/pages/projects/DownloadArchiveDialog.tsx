import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { urlOf } from "../../api/client.ts";
import type { Project } from "../../api/types.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { Button, DownloadButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Switch } from "../../components/Switch.tsx";

/** The whole project as one zip, which another server takes. */
export function DownloadArchiveDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation(["projects", "common"]);
  const hasModels = project.model_count > 0;
  const [withModels, setWithModels] = useState(hasModels);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("projects:downloadTitle", { name: projectTitle(project) })}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("common:close")}</Button>
          <DownloadButton
            kind="primary"
            icon={Download}
            href={urlOf(`/api/v1/projects/${project.id}/archive`, { models: withModels })}
          >
            {t("common:download")}
          </DownloadButton>
        </>
      }
    >
      <p>{t("projects:downloadText")}</p>
      {hasModels && (
        <Switch isSelected={withModels} onChange={setWithModels}>
          {t("projects:withModels", { count: project.model_count })}
        </Switch>
      )}
    </Dialog>
  );
}
