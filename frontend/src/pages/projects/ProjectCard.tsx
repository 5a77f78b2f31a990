import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  Ellipsis,
  ImagePlus,
  Pencil,
  Settings,
  Trash2,
  Users,
} from "lucide-react";
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
import { useArchiving } from "./projectQueries.ts";

/** What opens a dialog of its own. */
export type ProjectAction = "rename" | "copy" | "download" | "settings" | "delete";

interface ProjectCardProps {
  project: Project;
  onAction: (action: ProjectAction) => void;
}

export function ProjectCard({ project, onAction }: ProjectCardProps) {
  const { t } = useTranslation("projects");
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
          <ProjectMenu project={project} onAction={onAction} />
        </div>
        <p className={styles.counts}>
          {t("images", { count: project.image_count })}
          {project.image_count > 0 && ` · ${t("labeled", { count: project.labeled_count })}`}
          {project.model_count > 0 && ` · ${t("models", { count: project.model_count })}`}
        </p>
        <p className={styles.notes}>
          <time dateTime={project.changed_at} title={formatMoment(project.changed_at)}>
            {t("changed", { ago: formatAgo(project.changed_at) })}
          </time>
          {project.role !== "Owner" && <span>{t("yourRole", { role: project.role })}</span>}
        </p>
      </div>
    </li>
  );
}

export function mayChangeProject({ role }: Project): boolean {
  return role === "Owner" || role === "Admin";
}

function ProjectMenu({ project, onAction }: ProjectCardProps) {
  const { t } = useTranslation(["projects", "common", "frame"]);
  const setArchived = useArchiving();
  const mayChange = mayChangeProject(project);
  const mayTake = mayChange || project.role === "Developer";
  const isArchived = project.archived_at !== null;
  return (
    <MenuButton
      aria-label={t("projects:actionsFor", { name: projectTitle(project) })}
      placement="bottom end"
      button={
        <IconButton
          icon={Ellipsis}
          size="small"
          className={styles.more}
          label={t("projects:actionsFor", { name: projectTitle(project) })}
        />
      }
    >
      <MenuItem icon={Users} href={`/projects/${project.id}/members`}>
        {t("frame:members")}
      </MenuItem>
      <MenuItem icon={Settings} onAction={() => onAction("settings")}>
        {t("projects:settings")}
      </MenuItem>
      {mayChange && (
        <MenuItem icon={Pencil} onAction={() => onAction("rename")}>
          {t("projects:rename")}
        </MenuItem>
      )}
      {mayTake && (
        <MenuItem icon={Copy} onAction={() => onAction("copy")}>
          {t("projects:copy")}
        </MenuItem>
      )}
      {mayTake && (
        <MenuItem icon={Download} onAction={() => onAction("download")}>
          {t("projects:downloadArchive")}
        </MenuItem>
      )}
      {mayChange && (
        <MenuItem icon={isArchived ? ArchiveRestore : Archive} onAction={() => void setArchived(project, !isArchived)}>
          {t(isArchived ? "projects:bringBack" : "projects:archive")}
        </MenuItem>
      )}
      {mayChange && <MenuLine />}
      {mayChange && (
        <MenuItem icon={Trash2} isDanger onAction={() => onAction("delete")}>
          {t("projects:deleteAsking")}
        </MenuItem>
      )}
    </MenuButton>
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
