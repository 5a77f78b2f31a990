import { Fragment, type ReactNode, useRef } from "react";
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
  if (point === null) return null;
  // Made anew for each point: the popover measures its anchor once, which must then be where it stays.
  return (
    <Fragment key={`${point.x},${point.y}`}>
      <span
        ref={anchor}
        aria-hidden="true"
        style={{ position: "fixed", left: point.x, top: point.y, width: 1, height: 1, pointerEvents: "none" }}
      />
      <Popover
        triggerRef={anchor}
        aria-label={label}
        isOpen
        onOpenChange={(isOpen) => !isOpen && onClose()}
        placement="bottom start"
        offset={2}
        className={styles.popover ?? ""}
      >
        {children}
      </Popover>
    </Fragment>
  );
}
