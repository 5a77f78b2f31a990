import { useInfiniteQuery } from "@tanstack/react-query";
import { FolderPlus, PackageOpen, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { Project } from "../../api/types.ts";
import { Page } from "../../app/Page.tsx";
import { Button } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount } from "../../components/format.ts";
import { DeleteProjectDialog } from "./DeleteProjectDialog.tsx";
import { DownloadArchiveDialog } from "./DownloadArchiveDialog.tsx";
import { ImportArchiveDialog } from "./ImportArchiveDialog.tsx";
import { CopyProjectDialog, NewProjectDialog, RenameProjectDialog } from "./NameDialogs.tsx";
import { type ProjectAction, ProjectCard, ProjectCardSkeleton } from "./ProjectCard.tsx";
import { ProjectSettingsDialog } from "./ProjectSettings.tsx";
import styles from "./ProjectsPage.module.css";
import { ProjectTools } from "./ProjectTools.tsx";
import { type ProjectFilter, readProjectFilter, writeProjectFilter } from "./projectFilter.ts";
import { projectListQuery } from "./projectQueries.ts";

const SKELETON_CARDS = ["a", "b", "c", "d"];

type OpenDialog = { kind: "new" | "import" } | { kind: ProjectAction; project: Project } | null;

export function ProjectsPage() {
  const { t } = useTranslation("projects");
  const [search, setSearch] = useSearchParams();
  const filter = readProjectFilter(search);
  const setFilter = (next: ProjectFilter) => setSearch(writeProjectFilter(next), { replace: true });
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const projects = useInfiniteQuery(projectListQuery(filter));
  const shown = projects.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = projects.data?.pages[0]?.total ?? 0;
  const hasNone = projects.data !== undefined && !projects.isPlaceholderData && total === 0;
  const isFirst = hasNone && filter.q === "" && !filter.isArchived;

  return (
    <Page title={t("title")} actions={<Actions isPrimary={!isFirst} onOpen={(kind) => setDialog({ kind })} />}>
      <ProjectTools filter={filter} onFilter={setFilter} />
      <ErrorMessage error={projects.error} onRetry={() => projects.refetch()} />
      {isFirst && (
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
      {hasNone && !isFirst && (
        <p className={styles.none}>{filter.q === "" ? t("archiveNone") : t("noneFound", { search: filter.q })}</p>
      )}
      <ul className={styles.cards} aria-label={t("title")}>
        {projects.isPending && SKELETON_CARDS.map((key) => <ProjectCardSkeleton key={key} />)}
        {shown.map((project) => (
          <ProjectCard key={project.id} project={project} onAction={(kind) => setDialog({ kind, project })} />
        ))}
      </ul>
      {projects.hasNextPage && (
        <div className={styles.more}>
          <span>{t("shown", { shown: formatCount(shown.length), total: formatCount(total) })}</span>
          <Button isPending={projects.isFetchingNextPage} onPress={() => projects.fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      )}
      <OpenDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </Page>
  );
}

function Actions({ isPrimary, onOpen }: { isPrimary: boolean; onOpen: (kind: "new" | "import") => void }) {
  const { t } = useTranslation("projects");
  return (
    <>
      <Button icon={PackageOpen} onPress={() => onOpen("import")}>
        {t("importArchive")}
      </Button>
      {isPrimary && (
        <Button kind="primary" icon={Plus} onPress={() => onOpen("new")}>
          {t("new")}
        </Button>
      )}
    </>
  );
}

function OpenDialogs({ dialog, onClose }: { dialog: OpenDialog; onClose: () => void }) {
  switch (dialog?.kind) {
    case "new":
      return <NewProjectDialog onClose={onClose} />;
    case "import":
      return <ImportArchiveDialog onClose={onClose} />;
    case "rename":
      return <RenameProjectDialog project={dialog.project} onClose={onClose} />;
    case "copy":
      return <CopyProjectDialog project={dialog.project} onClose={onClose} />;
    case "download":
      return <DownloadArchiveDialog project={dialog.project} onClose={onClose} />;
    case "settings":
      return <ProjectSettingsDialog project={dialog.project} onClose={onClose} />;
    case "delete":
      return <DeleteProjectDialog project={dialog.project} onClose={onClose} />;
    default:
      return null;
  }
}
