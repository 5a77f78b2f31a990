import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MenuPoint } from "../../components/ContextMenu.tsx";
import { classNames } from "../../components/classNames.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { useElementSize } from "../../components/useElementSize.ts";
import { GAP_PX, type GridLayout, layoutGrid } from "./gridLayout.ts";
import styles from "./ImageGrid.module.css";
import { ImageTile } from "./ImageTile.tsx";
import { recallScroll, rememberScroll } from "./scrollMemory.ts";
import { type Chunks, chunksAt, type Gallery, useItemsInSight } from "./useGallery.ts";
import { type GridActions, idAt, useGridEvents } from "./useGridEvents.ts";
import { type BandActions, useRubberBand } from "./useRubberBand.ts";
import { type TouchGesture, useTouchGestures } from "./useTouchGestures.ts";

interface GalleryGridProps extends GridActions, BandActions {
  projectId: number;
  gallery: Gallery;
  selected: ReadonlySet<number>;
  colorOf: ReadonlyMap<number, string>;
  tilePx: number;
  showOutlines: boolean;
  /** Another view begins at its top; the same one where it was left. */
  viewKey: string;
  onTouch: (id: number, gesture: TouchGesture, point: MenuPoint) => void;
}

/** The gallery's images, fetched as they come into sight. */
export function GalleryGrid({ gallery, ...rest }: GalleryGridProps) {
  const [inSight, setInSight] = useState<Chunks>({ first: 0, last: 0 });
  const { error, retry } = useItemsInSight(rest.projectId, gallery, inSight);
  const { order, total, itemOf, isStale } = gallery;
  return (
    <>
      <ErrorMessage error={error} onRetry={retry} />
      <ImageGrid {...rest} {...{ order, total, itemOf, isStale }} onInSight={setInSight} />
    </>
  );
}

interface ImageGridProps
  extends Omit<GalleryGridProps, "gallery">,
    Pick<Gallery, "order" | "total" | "itemOf" | "isStale"> {
  onInSight: (chunks: Chunks) => void;
}

/** Only the rows in sight are drawn, so that 100,000 images scroll like 100. */
function ImageGrid(props: ImageGridProps) {
  const { order, total, isStale, viewKey, onTouch } = props;
  const { t } = useTranslation("gallery");
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useElementSize(scroller);
  const layout = layoutGrid(width, props.tilePx);
  const rows = useGridRows(scroller, width === 0 ? 0 : Math.ceil(total / layout.columns), layout, viewKey);
  useChunksInSight(rows, layout.columns, props.onInSight);

  const touch = useTouchGestures((event, gesture) => {
    const id = idAt(event.target, order);
    if (id !== undefined) onTouch(id, gesture, { x: event.clientX, y: event.clientY });
  });
  const band = useRubberBand({ ...props, scroller, canvas, box, layout });
  const { focusIndex, handlers } = useGridEvents({
    ...props,
    canvas,
    columns: layout.columns,
    rowsInSight: Math.max(1, Math.floor(height / layout.rowHeight)),
    scrollToRow: (row) => rows.scrollToIndex(row),
    isEcho: () => touch.wasTouch() || band.wasBand(),
  });

  return (
    <div ref={scroller} className={styles.scroller} data-gallery-scroller onPointerDown={band.onPointerDown}>
      <div
        ref={canvas}
        role="listbox"
        aria-label={t("images")}
        aria-multiselectable="true"
        tabIndex={-1}
        className={classNames(styles.canvas, isStale && styles.stale)}
        style={{ height: Math.max(0, rows.getTotalSize() - GAP_PX) }}
        {...handlers}
        {...touch.handlers}
      >
        <Tiles {...props} rows={rows} layout={layout} focusIndex={focusIndex} />
        <div ref={box} className={styles.band} hidden role="presentation" data-band />
      </div>
    </div>
  );
}

type Rows = Virtualizer<HTMLDivElement, Element>;

function useGridRows(
  scroller: RefObject<HTMLDivElement | null>,
  count: number,
  { rowHeight }: GridLayout,
  viewKey: string,
): Rows {
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
    useFlushSync: false,
    initialOffset: recallScroll(viewKey),
    onChange: ({ scrollOffset }) => scrollOffset !== null && rememberScroll(viewKey, scrollOffset),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured anew when their height changes.
  useLayoutEffect(() => rows.measure(), [rows, rowHeight]);
  // Goes to the top of another view; where a view was left, the first offset has brought it.
  const shown = useRef(viewKey);
  useEffect(() => {
    if (shown.current === viewKey) return;
    shown.current = viewKey;
    scroller.current?.scrollTo({ top: 0 });
  }, [scroller, viewKey]);
  return rows;
}

/** Scrolling past is not looking: what is in sight for less than this is not asked for. */
const LOOK_MS = 60;

function useChunksInSight(rows: Rows, columns: number, onInSight: (chunks: Chunks) => void): void {
  const shownRows = rows.getVirtualItems();
  const first = (shownRows[0]?.index ?? 0) * columns;
  const last = ((shownRows.at(-1)?.index ?? 0) + 1) * columns - 1;
  const { first: firstChunk, last: lastChunk } = chunksAt({ first, last });
  useEffect(() => {
    const timer = setTimeout(() => onInSight({ first: firstChunk, last: lastChunk }), LOOK_MS);
    return () => clearTimeout(timer);
  }, [onInSight, firstChunk, lastChunk]);
}

interface TilesProps extends ImageGridProps {
  rows: Rows;
  layout: GridLayout;
  focusIndex: number;
}

function Tiles({ rows, layout, focusIndex, order, itemOf, selected, ...shared }: TilesProps) {
  const { projectId, total, colorOf, showOutlines } = shared;
  return rows.getVirtualItems().flatMap((row) =>
    Array.from({ length: layout.columns }, (_, column) => {
      const index = row.index * layout.columns + column;
      const id = order[index];
      if (id === undefined) return null;
      return (
        <ImageTile
          key={id}
          projectId={projectId}
          id={id}
          image={itemOf(id)}
          index={index}
          total={total}
          colorOf={colorOf}
          isSelected={selected.has(id)}
          isFocusable={index === focusIndex}
          showOutlines={showOutlines}
          x={column * (layout.tileWidth + GAP_PX)}
          y={row.start}
          width={layout.tileWidth}
          height={layout.rowHeight - GAP_PX}
        />
      );
    }),
  );
}
