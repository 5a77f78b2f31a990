import { Download, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { ExportDialog } from "../export/ExportDialog.tsx";
import { ImportLabelsDialog } from "./importing/ImportLabelsDialog.tsx";
import styles from "./LabelFiles.module.css";

/** Labels from files and into files. */
export function LabelFiles({ project }: { project: Project }) {
  const { t } = useTranslation("labels");
  const [dialog, setDialog] = useState<"import" | "export" | null>(null);
  const close = () => setDialog(null);
  return (
    <div className={styles.foot}>
      <Button kind="quiet" icon={Upload} className={styles.footButton} onPress={() => setDialog("import")}>
        {t("upload")}
      </Button>
      <Button
        kind="quiet"
        icon={Download}
        className={styles.footButton}
        isDisabled={project.labeled_count === 0}
        onPress={() => setDialog("export")}
      >
        {t("download")}
      </Button>
      {dialog === "import" && <ImportLabelsDialog project={project} onClose={close} />}
      {dialog === "export" && <ExportDialog project={project} onClose={close} />}
    </div>
  );
}
