import { Ellipsis, ImagePlus, Pencil, Trash2, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project } from "../../api/types.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { IconButton } from "../../components/Button.tsx";
import { formatAgo, formatMoment } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { MenuButton, MenuItem, MenuLine } from "../../components/Menu.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import styles from "./ProjectCard.module.css";

interface ProjectCardProps {
  project: Project;
  onRename: () => void;
  onDelete: () => void;
}

export function ProjectCard({ project, onRename, onDelete }: ProjectCardProps) {
  const { t } = useTranslation(["projects", "common", "frame"]);
  const mayChange = project.role === "Owner" || project.role === "Admin";
  return (
    <li className={styles.card}>
      <Cover project={project} />
      <LabelShares project={project} />
      <div className={styles.body}>
        <div className={styles.titleRow}>
          <h2 className={styles.title}>
            <Link to={`/projects/${project.id}`} className={styles.link}>
              {projectTitle(project)}
            </Link>
          </h2>
          <MenuButton
            aria-label={t("projects:actionsFor", { name: project.name })}
            placement="bottom end"
            button={
              <IconButton
                icon={Ellipsis}
                size="small"
                className={styles.more}
                label={t("projects:actionsFor", { name: project.name })}
              />
            }
          >
            <MenuItem icon={Users} href={`/projects/${project.id}/members`}>
              {t("frame:members")}
            </MenuItem>
            {mayChange && (
              <MenuItem icon={Pencil} onAction={onRename}>
                {t("common:rename")}
              </MenuItem>
            )}
            {mayChange && <MenuLine />}
            {mayChange && (
              <MenuItem icon={Trash2} isDanger onAction={onDelete}>
                {t("common:delete")}
              </MenuItem>
            )}
          </MenuButton>
        </div>
        <p className={styles.counts}>
          {t("projects:images", { count: project.image_count })}
          {project.image_count > 0 && ` · ${t("projects:labeled", { count: project.labeled_count })}`}
          {project.model_count > 0 && ` · ${t("projects:models", { count: project.model_count })}`}
        </p>
        <p className={styles.notes}>
          <time dateTime={project.changed_at} title={formatMoment(project.changed_at)}>
            {t("projects:changed", { ago: formatAgo(project.changed_at) })}
          </time>
          {project.role !== "Owner" && <span>{t("projects:yourRole", { role: project.role })}</span>}
        </p>
      </div>
    </li>
  );
}

function Cover({ project }: { project: Project }) {
  if (project.cover_image_id === null) {
    return (
      <div className={styles.cover}>
        <Icon of={ImagePlus} size={28} />
      </div>
    );
  }
  return (
    <div className={styles.cover}>
      <img src={`/api/v1/images/${project.cover_image_id}/thumbnail`} alt="" loading="lazy" decoding="async" />
    </div>
  );
}

/** How the project's objects divide among its labels, in the labels' colours. */
function LabelShares({ project }: { project: Project }) {
  const used = project.label_counts.filter(({ count }) => count > 0);
  return (
    <div className={styles.shares} aria-hidden="true">
      {used.map(({ label_id, color, count }) => (
        <span key={label_id} style={{ background: color, flexGrow: count }} />
      ))}
    </div>
  );
}

export function ProjectCardSkeleton() {
  return (
    <li className={styles.card} aria-hidden="true">
      <div className={styles.cover} />
      <div className={styles.shares} />
      <div className={styles.body}>
        <Skeleton width="60%" height={20} />
        <Skeleton width="80%" />
        <Skeleton width="40%" />
      </div>
    </li>
  );
}
