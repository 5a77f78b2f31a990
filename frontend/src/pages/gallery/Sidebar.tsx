import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { labelsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { FolderFilters } from "./filters/FolderFilters.tsx";
import { StateFilters } from "./filters/StateFilters.tsx";
import { UploadFilters } from "./filters/UploadFilters.tsx";
import type { GalleryFilter } from "./galleryFilter.ts";
import { LabelFiles } from "./labels/LabelFiles.tsx";
import { LabelFilters } from "./labels/LabelFilters.tsx";
import styles from "./Sidebar.module.css";
import { UploadButton } from "./upload/UploadButton.tsx";

interface SidebarProps {
  project: Project;
  filter: GalleryFilter;
  onFilter: (filter: GalleryFilter) => void;
  onLabelImages: () => void;
  onDraftLabels: () => void;
}

export function Sidebar({ project, filter, onFilter, onLabelImages, onDraftLabels }: SidebarProps) {
  const { t } = useTranslation("gallery");
  const labels = useQuery(labelsQuery(project.id)).data?.items;
  return (
    <aside className={styles.sidebar} aria-label={t("filters")}>
      <div className={styles.actions}>
        <UploadButton projectId={project.id} />
        <Button icon={Pencil} size="large" fill onPress={onLabelImages} isDisabled={project.image_count === 0}>
          {t("labelImages")}
        </Button>
      </div>
      <div className={styles.filters}>
        <LabelFilters projectId={project.id} labels={labels} filter={filter} />
        <StateFilters project={project} filter={filter} onDraftLabels={onDraftLabels} />
        <FolderFilters projectId={project.id} filter={filter} />
        <UploadFilters projectId={project.id} filter={filter} onFilter={onFilter} />
      </div>
      <LabelFiles project={project} />
    </aside>
  );
}
