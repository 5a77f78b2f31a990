import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { labelsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { classNames } from "../../components/classNames.ts";
import { formatCount } from "../../components/format.ts";
import { type GalleryFilter, writeFilter } from "./galleryFilter.ts";
import { LabelFiles } from "./labels/LabelFiles.tsx";
import { LabelFilters } from "./labels/LabelFilters.tsx";
import styles from "./Sidebar.module.css";
import { UploadButton } from "./upload/UploadButton.tsx";
import { ChooseValidationButton } from "./validation/ChooseValidationButton.tsx";

interface SidebarProps {
  project: Project;
  filter: GalleryFilter;
  onLabelImages: () => void;
}

export function Sidebar({ project, filter, onLabelImages }: SidebarProps) {
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
        <StateFilters project={project} filter={filter} />
      </div>
      <LabelFiles project={project} />
    </aside>
  );
}

/** Labeled or not, and which set: of each, one choice with the count of all images behind it. */
export function StateFilters({ project, filter }: { project: Project; filter: GalleryFilter }) {
  const { t } = useTranslation("gallery");
  return (
    <>
      <section className={styles.group} aria-label={t("labeledTitle")}>
        <h2 className={styles.heading}>{t("labeledTitle")}</h2>
        <FilterLink filter={filter} change={{ labeled: null }} text={t("all")} count={project.image_count} />
        <FilterLink filter={filter} change={{ labeled: true }} text={t("labeled")} count={project.labeled_count} />
        <FilterLink
          filter={filter}
          change={{ labeled: false }}
          text={t("notLabeled")}
          count={project.image_count - project.labeled_count}
        />
      </section>
      <section className={styles.group} aria-label={t("setTitle")}>
        <h2 className={styles.heading}>
          {t("setTitle")}
          <ChooseValidationButton project={project} />
        </h2>
        <FilterLink filter={filter} change={{ validation: null }} text={t("all")} count={project.image_count} />
        <FilterLink
          filter={filter}
          change={{ validation: false }}
          text={t("training")}
          count={project.image_count - project.validation_count}
        />
        <FilterLink
          filter={filter}
          change={{ validation: true }}
          text={t("validation")}
          count={project.validation_count}
        />
      </section>
    </>
  );
}

interface FilterLinkProps {
  filter: GalleryFilter;
  change: Partial<Pick<GalleryFilter, "labeled" | "validation">>;
  text: string;
  count: number;
}

function FilterLink({ filter, change, text, count }: FilterLinkProps) {
  const isChosen = Object.entries(change).every(([name, value]) => filter[name as keyof typeof change] === value);
  return (
    <Link
      to={{ search: writeFilter({ ...filter, ...change }).toString() }}
      aria-current={isChosen ? "true" : undefined}
      className={classNames(styles.item, isChosen && styles.chosen)}
    >
      <span>{text}</span>
      <span className={styles.count}>{formatCount(count)}</span>
    </Link>
  );
}
