import { useQuery } from "@tanstack/react-query";
import { ChevronDown, CircleQuestionMark, Menu as MenuIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, NavLink } from "react-router";
import { projectsQuery } from "../api/queries.ts";
import type { Me, Project } from "../api/types.ts";
import { Button, IconButton } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { MenuButton, MenuGroup, MenuItem, MenuLine } from "../components/Menu.tsx";
import { ModelsMenu } from "../pages/models/ModelsMenu.tsx";
import { ProgressItem } from "../pages/train/ProgressItem.tsx";
import { TrainMenu } from "../pages/train/TrainMenu.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { useCurrentProject } from "./currentProject.ts";
import { Logo } from "./Logo.tsx";
import { projectTitle } from "./projectTitle.ts";
import { isAtLeast } from "./roles.ts";
import styles from "./TopBar.module.css";

/** How many projects the bar's menu lists, the ones that changed last. */
const RECENT_PROJECTS = 8;

export function TopBar({ me }: { me: Me }) {
  const { t } = useTranslation("frame");
  const project = useCurrentProject();
  return (
    <header className={styles.bar}>
      <nav aria-label={t("mainNavigation")} className={styles.nav}>
        <PhoneMenu project={project} />
        <Link to="/projects" className={styles.brand} aria-label="Maskwright">
          <Logo />
          <span>Maskwright</span>
        </Link>
        <ProjectsMenu />
        {project && (
          <>
            <Link to={`/projects/${project.id}`} className={styles.project}>
              {projectTitle(project)}
            </Link>
            <span className={styles.wide}>
              <ProjectMenu project={project} />
            </span>
            <span className={styles.line} aria-hidden="true" />
            <span className={styles.wide}>
              <TrainMenu project={project} />
              <ModelsMenu project={project} />
            </span>
          </>
        )}
      </nav>
      <div className={styles.end}>
        <ProgressItem />
        <Link to="/help" className={styles.help} aria-label={t("help")} title={t("help")}>
          <Icon of={CircleQuestionMark} size={18} />
        </Link>
        <NavLink to="/account/tokens" className={styles.link ?? ""}>
          {t("apiTokens")}
        </NavLink>
        <AccountMenu me={me} />
      </div>
    </header>
  );
}

function ProjectsMenu() {
  const { t } = useTranslation("frame");
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const recent = [...projects].sort((a, b) => b.changed_at.localeCompare(a.changed_at)).slice(0, RECENT_PROJECTS);
  return (
    <span className={styles.wide}>
      <MenuButton
        aria-label={t("projects")}
        button={
          <Button kind="quiet" iconAfter={ChevronDown}>
            {t("projects")}
          </Button>
        }
      >
        <MenuItem href="/projects">{t("allProjects")}</MenuItem>
        {recent.length > 0 && <MenuLine />}
        {recent.map((project) => (
          <MenuItem key={project.id} id={project.id} href={`/projects/${project.id}`} textValue={project.name}>
            {projectTitle(project)}
          </MenuItem>
        ))}
      </MenuButton>
    </span>
  );
}

/** What belongs to the project beside its images and models. */
function ProjectMenu({ project }: { project: Project }) {
  const { t } = useTranslation(["frame", "time"]);
  return (
    <MenuButton
      aria-label={t("frame:thisProject")}
      button={<IconButton size="small" icon={ChevronDown} label={t("frame:thisProject")} />}
    >
      <MenuItem href={`/projects/${project.id}`}>{t("frame:images")}</MenuItem>
      <MenuItem href={`/projects/${project.id}/members`}>{t("frame:members")}</MenuItem>
      <MenuItem href={`/projects/${project.id}/time`}>{t("time:title")}</MenuItem>
      <MenuItem href={`/projects/${project.id}/settings`}>{t("frame:settings")}</MenuItem>
    </MenuButton>
  );
}

/** On a phone the bar's links are behind one button. */
function PhoneMenu({ project }: { project: Project | undefined }) {
  const { t } = useTranslation(["frame", "train", "models", "time"]);
  return (
    <span className={styles.phone}>
      <MenuButton aria-label={t("frame:menu")} button={<IconButton icon={MenuIcon} label={t("frame:menu")} />}>
        {project && (
          <MenuGroup title={projectTitle(project)}>
            <MenuItem href={`/projects/${project.id}`}>{t("frame:openProject")}</MenuItem>
            {isAtLeast(project.role, "Developer") && (
              <MenuItem href={`/projects/${project.id}/train`}>{t("models:train")}</MenuItem>
            )}
            <MenuItem href={`/projects/${project.id}/models`}>{t("models:title")}</MenuItem>
            <MenuItem href={`/projects/${project.id}/members`}>{t("frame:members")}</MenuItem>
            <MenuItem href={`/projects/${project.id}/time`}>{t("time:title")}</MenuItem>
            <MenuItem href={`/projects/${project.id}/settings`}>{t("frame:settings")}</MenuItem>
          </MenuGroup>
        )}
        <MenuGroup title={t("frame:goTo")}>
          <MenuItem href="/projects">{t("frame:projects")}</MenuItem>
          <MenuItem href="/queue">{t("train:queue")}</MenuItem>
          <MenuItem href="/account/tokens">{t("frame:apiTokens")}</MenuItem>
          <MenuItem href="/help">{t("frame:help")}</MenuItem>
        </MenuGroup>
      </MenuButton>
    </span>
  );
}
