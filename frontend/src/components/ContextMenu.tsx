import { type ReactNode, useRef } from "react";
import { Popover } from "react-aria-components";
import styles from "./Menu.module.css";

export interface MenuPoint {
  x: number;
  y: number;
}

interface ContextMenuProps {
  /** Where the pointer was, in the window; null keeps the menu closed. */
  point: MenuPoint | null;
  onClose: () => void;
  label: string;
  /** A Menu. */
  children: ReactNode;
}

/** A menu at the pointer. Each of its actions has a visible twin elsewhere on the page. */
export function ContextMenu({ point, onClose, label, children }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span
        ref={anchor}
        aria-hidden="true"
        style={{
          position: "fixed",
          left: point?.x ?? 0,
          top: point?.y ?? 0,
          width: 1,
          height: 1,
          pointerEvents: "none",
        }}
      />
      <Popover
        key={point === null ? "closed" : `${point.x},${point.y}`}
        triggerRef={anchor}
        aria-label={label}
        isOpen={point !== null}
        onOpenChange={(isOpen) => !isOpen && onClose()}
        placement="bottom start"
        offset={2}
        className={styles.popover ?? ""}
      >
        {children}
      </Popover>
    </>
  );
}
