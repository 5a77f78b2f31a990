import { Download, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { MenuButton, MenuItem } from "../../../components/Menu.tsx";
import styles from "./LabelFiles.module.css";
import { UploadLabelsDialog } from "./UploadLabelsDialog.tsx";

const EXPORT_FORMATS = ["coco", "maskwright"] as const;

/** Labels from files and into files. */
export function LabelFiles({ project }: { project: Project }) {
  const { t } = useTranslation("labels");
  const [isUploading, setUploading] = useState(false);
  return (
    <div className={styles.foot}>
      <Button kind="quiet" icon={Upload} className={styles.footButton} onPress={() => setUploading(true)}>
        {t("upload")}
      </Button>
      <MenuButton
        aria-label={t("download")}
        placement="top start"
        button={
          <Button kind="quiet" icon={Download} className={styles.footButton} isDisabled={project.labeled_count === 0}>
            {t("download")}
          </Button>
        }
      >
        {EXPORT_FORMATS.map((format) => (
          <MenuItem
            key={format}
            href={`/api/v1/projects/${project.id}/labels/export?format=${format}`}
            download=""
            routerOptions={{}}
            note={t(`format.${format}.note`)}
            textValue={t(`format.${format}.name`)}
          >
            {t(`format.${format}.name`)}
          </MenuItem>
        ))}
      </MenuButton>
      {isUploading && <UploadLabelsDialog projectId={project.id} onClose={() => setUploading(false)} />}
    </div>
  );
}
