import type { ReactNode } from "react";
import { classNames } from "./classNames.ts";
import styles from "./Table.module.css";

interface TableProps {
  /** Read aloud as the table's name. */
  label: string;
  className?: string;
  /** On a phone the cells of a row go under each other: beside them a long address would break at every letter. */
  isStackedOnPhone?: boolean;
  /** thead and tbody; cells with figures take `numberCell`. */
  children: ReactNode;
}

/** An ordinary table with rows 48 high; it scrolls sideways where it is too wide. */
export function Table({ label, className, isStackedOnPhone = false, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it
    <div className={classNames(styles.scroller, isStackedOnPhone && styles.stacked, className)} tabIndex={0}>
      <table aria-label={label} className={styles.table}>
        {children}
      </table>
    </div>
  );
}

interface LabeledCellProps {
  /** What its column's head says. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** A cell that says itself what it holds where a stacked table has no heads. */
export function LabeledCell({ label, className, children }: LabeledCellProps) {
  return (
    <td className={classNames(styles.labeled, className)}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>{children}</span>
    </td>
  );
}

/** The class of cells that hold figures. */
export const numberCell = styles.number ?? "";

/** The class of cells with buttons; in a stacked table they stay beside the name. */
export const actionsCell = styles.actions ?? "";
