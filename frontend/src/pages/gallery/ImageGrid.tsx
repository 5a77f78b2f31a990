import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImageItem } from "../../api/types.ts";
import type { MenuPoint } from "../../components/ContextMenu.tsx";
import { classNames } from "../../components/classNames.ts";
import { GAP_PX, layoutGrid, type Step, stepFrom } from "./gridLayout.ts";
import styles from "./ImageGrid.module.css";
import { ImageTile } from "./ImageTile.tsx";
import { recallScroll, rememberScroll } from "./scrollMemory.ts";
import { useElementSize } from "./useElementSize.ts";
import { type Chunks, chunksAt } from "./useGallery.ts";
import { type TouchGesture, useTouchGestures } from "./useTouchGestures.ts";

/** Keys held in a click or key press, as they change its meaning. */
export interface Modifiers {
  toggle: boolean;
  range: boolean;
}

interface ImageGridProps {
  projectId: number;
  order: readonly number[];
  total: number;
  itemOf: (id: number) => ImageItem | undefined;
  selected: ReadonlySet<number>;
  colorOf: ReadonlyMap<number, string>;
  tilePx: number;
  showOutlines: boolean;
  isStale: boolean;
  /** Another view begins at its top; the same one where it was left. */
  viewKey: string;
  onInSight: (chunks: Chunks) => void;
  onPick: (id: number, modifiers: Modifiers) => void;
  onOpen: (id: number) => void;
  onMenu: (id: number, point: MenuPoint) => void;
  onTouch: (id: number, gesture: TouchGesture, point: MenuPoint) => void;
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "home",
  End: "end",
  PageUp: "pageup",
  PageDown: "pagedown",
};

/** Only the rows in sight are drawn, so that 100,000 images scroll like 100. */
export function ImageGrid(props: ImageGridProps) {
  const { projectId, order, total, itemOf, selected, colorOf, tilePx, showOutlines, isStale, viewKey } = props;
  const { onInSight, onPick, onOpen, onMenu, onTouch } = props;
  const { t } = useTranslation("gallery");
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useElementSize(scroller);
  const layout = layoutGrid(width, tilePx);
  const rows = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(total / layout.columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.rowHeight,
    overscan: 2,
    useFlushSync: false,
    initialOffset: recallScroll(viewKey),
    onChange: ({ scrollOffset }) => scrollOffset !== null && rememberScroll(viewKey, scrollOffset),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured anew when their height changes.
  useLayoutEffect(() => rows.measure(), [rows, layout.rowHeight]);
  useScrollToView(scroller, viewKey);

  const shownRows = rows.getVirtualItems();
  const first = (shownRows[0]?.index ?? 0) * layout.columns;
  const last = ((shownRows.at(-1)?.index ?? 0) + 1) * layout.columns - 1;
  const { first: firstChunk, last: lastChunk } = chunksAt({ first, last });
  useEffect(() => onInSight({ first: firstChunk, last: lastChunk }), [onInSight, firstChunk, lastChunk]);

  const [focused, setFocused] = useState(0);
  const focusIndex = Math.min(focused, Math.max(0, order.length - 1));
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const tile = scroller.current?.querySelector<HTMLElement>(`[data-index="${focusIndex}"]`);
    if (!tile) return;
    wantsFocus.current = false;
    tile.focus({ preventScroll: true });
  });
  const touch = useTouchGestures((event, gesture) => {
    const id = idAt(event.target, order);
    if (id !== undefined) onTouch(id, gesture, { x: event.clientX, y: event.clientY });
  });

  const press = (event: KeyboardEvent) => {
    const id = order[focusIndex];
    const step = STEPS[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      const rowsInSight = Math.max(1, Math.floor(height / layout.rowHeight));
      const next = stepFrom(focusIndex, step, layout.columns, order.length, rowsInSight);
      const nextId = order[next];
      wantsFocus.current = true;
      setFocused(next);
      rows.scrollToIndex(Math.floor(next / layout.columns));
      if (event.shiftKey && nextId !== undefined) onPick(nextId, { toggle: false, range: true });
    } else if (event.key === " " && id !== undefined) {
      event.preventDefault();
      onPick(id, { toggle: true, range: event.shiftKey });
    } else if (event.key === "Enter" && id !== undefined) {
      event.preventDefault();
      onOpen(id);
    }
  };

  const click = (event: MouseEvent) => {
    const index = indexAt(event.target);
    const id = index === undefined ? undefined : order[index];
    if (index === undefined || id === undefined || touch.wasTouch()) return;
    setFocused(index);
    const onCheck = event.target instanceof Element && event.target.closest("[data-check]") !== null;
    onPick(id, { toggle: event.ctrlKey || event.metaKey || onCheck, range: event.shiftKey });
  };

  const menu = (event: MouseEvent) => {
    const index = indexAt(event.target);
    const id = index === undefined ? undefined : order[index];
    if (index === undefined || id === undefined) return;
    event.preventDefault();
    if (touch.wasTouch()) return;
    setFocused(index);
    onMenu(id, pointOf(event));
  };

  return (
    <div ref={scroller} className={styles.scroller} data-gallery-scroller>
      <div
        role="listbox"
        aria-label={t("images")}
        aria-multiselectable="true"
        tabIndex={-1}
        className={classNames(styles.canvas, isStale && styles.stale)}
        style={{ height: Math.max(0, rows.getTotalSize() - GAP_PX) }}
        onClick={click}
        onDoubleClick={(event) => {
          const id = idAt(event.target, order);
          if (id !== undefined && !touch.wasTouch()) onOpen(id);
        }}
        onContextMenu={menu}
        onKeyDown={press}
        onFocus={(event) => {
          const index = indexAt(event.target);
          if (index !== undefined) setFocused(index);
        }}
        {...touch.handlers}
      >
        {shownRows.flatMap((row) =>
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
        )}
      </div>
    </div>
  );
}

/** Goes to the top of another view; where a view was left, the virtualizer's first offset has brought it. */
function useScrollToView(scroller: React.RefObject<HTMLDivElement | null>, viewKey: string): void {
  const shown = useRef(viewKey);
  useEffect(() => {
    if (shown.current === viewKey) return;
    shown.current = viewKey;
    scroller.current?.scrollTo({ top: 0 });
  }, [scroller, viewKey]);
}

function indexAt(target: EventTarget): number | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return tile === null ? undefined : Number(tile.dataset.index);
}

function idAt(target: EventTarget | null, order: readonly number[]): number | undefined {
  const index = target === null ? undefined : indexAt(target);
  return index === undefined ? undefined : order[index];
}

/** Where the menu opens: at the pointer, or in the tile when the menu key was pressed. */
function pointOf(event: MouseEvent): MenuPoint {
  if (event.clientX !== 0 || event.clientY !== 0) return { x: event.clientX, y: event.clientY };
  const box = (event.target as Element).getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
