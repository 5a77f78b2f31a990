import { useQuery } from "@tanstack/react-query";
import { ImagePlus, SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useMatch, useSearchParams } from "react-router";
import { isNotFound } from "../../api/client.ts";
import { labelsQuery, projectQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { NotFoundPage } from "../../app/FailurePages.tsx";
import { usePageTitle } from "../../app/Page.tsx";
import { projectTitle } from "../../app/projectTitle.ts";
import { isAtLeast } from "../../app/roles.ts";
import { useKeys } from "../../app/useKeys.ts";
import { Button } from "../../components/Button.tsx";
import { ContextMenu, type MenuPoint } from "../../components/ContextMenu.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount } from "../../components/format.ts";
import { takeNewestToastAction } from "../../components/toasts.ts";
import { AcceptDraftsDialog } from "../batches/AcceptDraftsDialog.tsx";
import { DraftLabelsDialog } from "../batches/DraftLabelsDialog.tsx";
import { backgroundChoice } from "./background/backgroundChoice.ts";
import { deletions } from "./deletions.ts";
import { ActiveFilters } from "./filters/ActiveFilters.tsx";
import styles from "./GalleryPage.module.css";
import { type GalleryFilter, isFiltered, queryOf, readFilter, withoutFilter, writeFilter } from "./galleryFilter.ts";
import { DEFAULT_TILE_PX } from "./gridLayout.ts";
import { GalleryGrid } from "./ImageGrid.tsx";
import { ImageMenu } from "./ImageMenu.tsx";
import { PhoneActions, PhoneFilters } from "./PhoneControls.tsx";
import { useHiddenImages } from "./pendingDeletion.ts";
import { SelectionBar } from "./SelectionBar.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { type SetFilter, Toolbar, type ViewSettings } from "./Toolbar.tsx";
import { DropTarget } from "./upload/DropTarget.tsx";
import { UnfinishedUploads } from "./upload/UnfinishedUploads.tsx";
import { UploadButton } from "./upload/UploadButton.tsx";
import { useGallery } from "./useGallery.ts";
import { useGallerySelection } from "./useGallerySelection.ts";
import { type ImageActions, useImageActions } from "./useImageActions.ts";
import { useStored } from "./useStored.ts";

/** Which dialog about draft labels is open, and about which images. */
interface DraftDialog {
  kind: "draft" | "accept";
  ids: readonly number[];
}

export function GalleryPage() {
  const projectId = useIdParam("projectId");
  const project = useQuery(projectQuery(projectId));
  usePageTitle(project.data ? projectTitle(project.data) : "");
  if (isNotFound(project.error)) return <NotFoundPage />;
  if (project.error) return <ErrorMessage error={project.error} onRetry={() => project.refetch()} />;
  // A project's own state, selection and scroll place, begins anew with another one.
  return project.data ? <ProjectGallery key={projectId} project={project.data} /> : null;
}

function ProjectGallery({ project }: { project: Project }) {
  const { t } = useTranslation("gallery");
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(() => readFilter(search), [search]);
  const setFilter = useCallback<SetFilter>((next, options) => setSearch(writeFilter(next), options), [setSearch]);
  const gallery = useGallery(project.id, filter, useHiddenImages(deletions));
  const chosen = useGallerySelection(project.id, filter, gallery);
  const actions = useImageActions(project.id, filter, gallery);
  const labels = useQuery(labelsQuery(project.id)).data?.items;
  const colorOf = useMemo(() => new Map(labels?.map(({ id, color }) => [id, color])), [labels]);
  const view = useViewSettings();
  const [menu, setMenu] = useState<{ ids: readonly number[]; point: MenuPoint } | null>(null);
  const [isSelecting, setSelecting] = useState(false);
  const [dialog, setDialog] = useState<DraftDialog | null>(null);
  const searchField = useRef<HTMLInputElement>(null);
  // A training is to see the images as this page shows them.
  const isTraining = useMatch("/projects/:projectId/train") !== null;
  useEffect(() => {
    if (isTraining) void deletions.carryOutAll();
  }, [isTraining]);

  const { ids } = chosen;
  const remove = (gone: readonly number[]) => {
    chosen.forget(gone);
    actions.remove(gone);
  };
  const all: ImageActions = {
    ...actions,
    remove,
    draft: (ids) => setDialog({ kind: "draft", ids }),
    acceptDrafts: (ids) => setDialog({ kind: "accept", ids }),
  };
  const haveDrafts = (some: readonly number[]) =>
    filter.drafts === true || some.some((id) => (gallery.itemOf(id)?.draft_count ?? 0) > 0);
  const draftLabels = () => all.draft(ids);
  const mayPredict = isAtLeast(project.role, "Developer");
  const leaveSelecting = () => {
    chosen.clear();
    setSelecting(false);
  };
  const labelImages = () => (ids.length > 0 ? actions.label(ids) : actions.labelFiltered());
  useKeys({
    l: labelImages,
    v: () => ids.length > 0 && actions.setValidation(ids, true),
    "shift+v": () => ids.length > 0 && actions.setValidation(ids, false),
    delete: () => ids.length > 0 && remove(ids),
    "mod+a": () => chosen.all(),
    "mod+z": takeNewestToastAction,
    escape: leaveSelecting,
    "/": () => searchField.current?.focus(),
  });

  return (
    <DropTarget projectId={project.id} projectName={project.name} className={styles.gallery}>
      <h1 className="visually-hidden">{projectTitle(project)}</h1>
      <div className={styles.side}>
        <Sidebar
          project={project}
          filter={filter}
          onFilter={setFilter}
          onLabelImages={labelImages}
          onDraftLabels={draftLabels}
        />
      </div>
      <div className={styles.main}>
        <div className={styles.desk}>
          <Toolbar
            filter={filter}
            onFilter={setFilter}
            total={gallery.isPending ? null : gallery.total}
            selectedCount={ids.length}
            onSelectAll={chosen.all}
            onSelectNone={chosen.clear}
            view={view}
            searchRef={searchField}
          />
        </div>
        <PhoneFilters
          project={project}
          labels={labels ?? []}
          filter={filter}
          onFilter={setFilter}
          view={view}
          onDraftLabels={draftLabels}
        />
        <UnfinishedUploads projectId={project.id} />
        <ActiveFilters projectId={project.id} filter={filter} onFilter={setFilter} />
        <ErrorMessage error={gallery.error} onRetry={gallery.retry} />
        {!gallery.isPending && gallery.total === 0 ? (
          <NothingShown project={project} filter={filter} onFilter={setFilter} />
        ) : (
          <GalleryGrid
            projectId={project.id}
            gallery={gallery}
            selected={chosen.selection.ids}
            colorOf={colorOf}
            tilePx={view.tilePx}
            showOutlines={view.showOutlines}
            viewKey={`${project.id}?${new URLSearchParams(queryOf(filter))}`}
            onPick={chosen.pick}
            onBand={chosen.band}
            onBandEnd={chosen.endBand}
            onBandCancel={chosen.cancelBand}
            onEmptyClick={chosen.clear}
            onOpen={(id) => actions.label([id])}
            onMenu={(id, point) => setMenu({ ids: chosen.mean(id), point })}
            onTouch={(id, gesture) => {
              if (gesture === "hold" || isSelecting || ids.length > 0) chosen.toggle(id);
              else actions.label([id]);
              if (gesture === "hold") setSelecting(true);
            }}
          />
        )}
        {ids.length > 0 && (
          <SelectionBar
            projectId={project.id}
            ids={ids}
            areAllValidation={ids.every((id) => gallery.itemOf(id)?.validation)}
            mayPredict={mayPredict}
            hasDrafts={haveDrafts(ids)}
            background={backgroundChoice(ids, gallery.itemOf)}
            actions={all}
            onClear={leaveSelecting}
          />
        )}
        <PhoneActions
          projectId={project.id}
          isSelecting={isSelecting || ids.length > 0}
          onSelecting={(select) => (select ? setSelecting(true) : leaveSelecting())}
        />
      </div>
      <ContextMenu label={t("selectionActions")} point={menu?.point ?? null} onClose={() => setMenu(null)}>
        {menu && (
          <ImageMenu
            projectId={project.id}
            ids={menu.ids}
            mayPredict={mayPredict}
            hasDrafts={haveDrafts(menu.ids)}
            background={backgroundChoice(menu.ids, gallery.itemOf)}
            actions={all}
            onDone={() => setMenu(null)}
          />
        )}
      </ContextMenu>
      <span className="visually-hidden" role="status">
        {ids.length > 0 && t("selected", { count: ids.length, shown: formatCount(ids.length) })}
      </span>
      {dialog?.kind === "draft" && (
        <DraftLabelsDialog
          project={project}
          filter={filter}
          shownCount={gallery.total}
          selected={dialog.ids}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === "accept" && (
        <AcceptDraftsDialog projectId={project.id} imageIds={dialog.ids} onClose={() => setDialog(null)} />
      )}
      <Outlet />
    </DropTarget>
  );
}

function NothingShown({
  project,
  filter,
  onFilter,
}: {
  project: Project;
  filter: GalleryFilter;
  onFilter: (filter: GalleryFilter) => void;
}) {
  const { t } = useTranslation("gallery");
  if (isFiltered(filter) && project.image_count > 0) {
    return (
      <EmptyState
        icon={SearchX}
        title={t("noneMatch")}
        action={<Button onPress={() => onFilter(withoutFilter(filter))}>{t("showAll")}</Button>}
      >
        {t("noneMatchText")}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={ImagePlus} title={t("emptyTitle")} action={<UploadButton projectId={project.id} />}>
      {t("emptyText")}
    </EmptyState>
  );
}

function useViewSettings(): ViewSettings {
  const [showOutlines, onShowOutlines] = useStored<boolean>("gallery.outlines", true);
  const [tilePx, onTilePx] = useStored<number>("gallery.tilePx", DEFAULT_TILE_PX);
  return { showOutlines, onShowOutlines, tilePx, onTilePx };
}
