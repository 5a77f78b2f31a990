import { Plus } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { LabelClass } from "../../../api/types.ts";
import { IconButton } from "../../../components/Button.tsx";
import { Skeleton } from "../../../components/Skeleton.tsx";
import { type GalleryFilter, writeFilter } from "../galleryFilter.ts";
import { DeleteLabelDialog } from "./DeleteLabelDialog.tsx";
import { EditLabelDialog, NewLabelDialog } from "./LabelDialogs.tsx";
import styles from "./LabelFilters.module.css";
import { type LabelAction, LabelRow } from "./LabelRow.tsx";
import { useMoveLabel } from "./labelChanges.ts";
import { type DropEdge, dropPlace } from "./labelOrder.ts";
import { MergeLabelDialog } from "./MergeLabelDialog.tsx";

interface LabelFiltersProps {
  projectId: number;
  /** undefined while they load. */
  labels: readonly LabelClass[] | undefined;
  filter: GalleryFilter;
}

type OpenDialog = { kind: "new" } | { kind: LabelAction; label: LabelClass } | null;

/** The project's labels: a click shows the images that have it, another one shows all again; dragged, they move. */
export function LabelFilters({ projectId, labels, filter }: LabelFiltersProps) {
  const { t } = useTranslation("labels");
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const [moved, setMoved] = useState("");
  const move = useMoveLabel(projectId);
  useFilterFollowsLabel(labels, filter);
  const close = () => setDialog(null);
  const moveTo = (label: LabelClass, placeIn: (labels: readonly LabelClass[]) => number) =>
    move(label.id, (now) => {
      const place = Math.max(0, Math.min(placeIn(now), now.length - 1));
      setMoved(t("movedTo", { name: label.name, place: place + 1, count: now.length }));
      return place;
    });
  const drag = useLabelDrag((label, edge) => moveTo(label, (now) => dropPlace(now, label.id, edge)));
  return (
    <section aria-label={t("title")}>
      <h2 className={styles.heading}>
        {t("title")}
        <IconButton size="small" icon={Plus} label={t("add")} onPress={() => setDialog({ kind: "new" })} />
      </h2>
      {labels === undefined && <Skeleton height={32} />}
      {labels?.length === 0 && <p className={styles.empty}>{t("none")}</p>}
      <ul className={styles.list}>
        {labels?.map((label) => (
          <LabelRow
            key={label.id}
            label={label}
            isOnly={labels.length === 1}
            filter={filter}
            dropEdge={drag.edge?.labelId === label.id ? (drag.edge.isAfter ? "after" : "before") : undefined}
            dragHandlers={drag.handlersOf(label)}
            onMove={(step) => moveTo(label, (now) => now.findIndex(({ id }) => id === label.id) + step)}
            onAction={(kind) => setDialog({ kind, label })}
          />
        ))}
      </ul>
      <span className="visually-hidden" role="status">
        {moved}
      </span>
      {dialog?.kind === "new" && <NewLabelDialog projectId={projectId} labels={labels ?? []} onClose={close} />}
      {dialog?.kind === "edit" && <EditLabelDialog projectId={projectId} label={dialog.label} onClose={close} />}
      {dialog?.kind === "merge" && (
        <MergeLabelDialog projectId={projectId} label={dialog.label} labels={labels ?? []} onClose={close} />
      )}
      {dialog?.kind === "delete" && (
        <DeleteLabelDialog
          projectId={projectId}
          label={dialog.label}
          canMerge={(labels?.length ?? 0) > 1}
          onMerge={() => setDialog({ kind: "merge", label: dialog.label })}
          onClose={close}
        />
      )}
    </section>
  );
}

/** A label that is renamed takes the filter along, one that is gone takes it away. */
function useFilterFollowsLabel(labels: readonly LabelClass[] | undefined, filter: GalleryFilter): void {
  const [, setSearch] = useSearchParams();
  const chosen = useRef<LabelClass>(undefined);
  useEffect(() => {
    if (labels === undefined || filter.label === null) return;
    const named = labels.find(({ name }) => name === filter.label);
    if (named) {
      chosen.current = named;
    } else if (chosen.current?.name === filter.label) {
      const renamed = labels.find(({ id }) => id === chosen.current?.id);
      setSearch(writeFilter({ ...filter, label: renamed?.name ?? null }), { replace: true });
    }
  }, [labels, filter, setSearch]);
}

/** Rows that are dragged over one another, and the edge at which the dragged one would land. */
function useLabelDrag(onDrop: (label: LabelClass, edge: DropEdge) => void) {
  const dragged = useRef<LabelClass>(undefined);
  const [edge, setEdge] = useState<DropEdge | null>(null);
  const end = () => {
    dragged.current = undefined;
    setEdge(null);
  };
  const handlersOf = (label: LabelClass) => ({
    onDragStart: (event: DragEvent) => {
      dragged.current = label;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", label.name);
    },
    onDragOver: (event: DragEvent) => {
      if (dragged.current === undefined) return;
      event.preventDefault();
      const { top, height } = event.currentTarget.getBoundingClientRect();
      setEdge({ labelId: label.id, isAfter: event.clientY > top + height / 2 });
    },
    onDrop: (event: DragEvent) => {
      if (dragged.current === undefined || edge === null) return;
      event.preventDefault();
      onDrop(dragged.current, edge);
      end();
    },
    onDragEnd: end,
  });
  return { edge, handlersOf };
}
