import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import styles from "./SidePanel.module.css";

interface RowsInSightProps<Item> {
  items: readonly Item[];
  /** The row that is scrolled to when it becomes another one; -1 for none. */
  at: number;
  row: (item: Item, index: number) => ReactNode;
}

const ROW_HEIGHT = 32;
const GAP = 2;

/** A list that scrolls, of which only what is in sight is drawn: with hundreds of rows the whole page would be slow. */
export function RowsInSight<Item>({ items, at, row }: RowsInSightProps<Item>) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    gap: GAP,
    overscan: 6,
    useFlushSync: false,
  });
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at);
  }, [rows, at]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul style={{ height: rows.getTotalSize() }} className={styles.virtual}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li key={index} style={{ transform: `translateY(${start}px)` }}>
              {row(item, index)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
