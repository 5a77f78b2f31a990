import { useQuery } from "@tanstack/react-query";
import { FolderPlus, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { Page } from "../../app/Page.tsx";
import { Button } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { DeleteProjectDialog } from "./DeleteProjectDialog.tsx";
import { NewProjectDialog, RenameProjectDialog } from "./NameDialogs.tsx";
import { ProjectCard, ProjectCardSkeleton } from "./ProjectCard.tsx";
import styles from "./ProjectsPage.module.css";

/** From so many projects on they can be searched by name. */
const SEARCH_FROM = 9;
const SKELETON_CARDS = ["a", "b", "c", "d"];

type OpenDialog = { kind: "new" } | { kind: "rename" | "delete"; project: Project } | null;

export function ProjectsPage() {
  const { t } = useTranslation("projects");
  const projects = useQuery(projectsQuery);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const [search, setSearch] = useState("");
  const items = projects.data?.items ?? [];
  const shown = byLastChange(items.filter((project) => matches(project, search)));
  const close = () => setDialog(null);

  return (
    <Page
      title={t("title")}
      actions={
        items.length > 0 && (
          <>
            {items.length >= SEARCH_FROM && (
              <SearchField label={t("search")} value={search} onChange={setSearch} className={styles.search} />
            )}
            <Button kind="primary" icon={Plus} onPress={() => setDialog({ kind: "new" })}>
              {t("new")}
            </Button>
          </>
        )
      }
    >
      <ErrorMessage error={projects.error} onRetry={() => projects.refetch()} />
      {projects.data && items.length === 0 && (
        <EmptyState
          icon={FolderPlus}
          title={t("emptyTitle")}
          action={
            <Button kind="primary" size="large" icon={Plus} onPress={() => setDialog({ kind: "new" })}>
              {t("new")}
            </Button>
          }
        >
          {t("emptyText")}
        </EmptyState>
      )}
      {items.length > 0 && shown.length === 0 && <p className={styles.none}>{t("noneFound", { search })}</p>}
      <ul className={styles.cards} aria-label={t("title")}>
        {projects.isPending && SKELETON_CARDS.map((key) => <ProjectCardSkeleton key={key} />)}
        {shown.map((project) => (
          <ProjectCard
            key={project.id}
            project={project}
            onRename={() => setDialog({ kind: "rename", project })}
            onDelete={() => setDialog({ kind: "delete", project })}
          />
        ))}
      </ul>
      {dialog?.kind === "new" && <NewProjectDialog onClose={close} />}
      {dialog?.kind === "rename" && <RenameProjectDialog project={dialog.project} onClose={close} />}
      {dialog?.kind === "delete" && <DeleteProjectDialog project={dialog.project} onClose={close} />}
    </Page>
  );
}

function byLastChange(projects: Project[]): Project[] {
  return projects.sort((a, b) => b.changed_at.localeCompare(a.changed_at));
}

function matches(project: Project, search: string): boolean {
  return project.name.toLowerCase().includes(search.trim().toLowerCase()) || String(project.id) === search.trim();
}
