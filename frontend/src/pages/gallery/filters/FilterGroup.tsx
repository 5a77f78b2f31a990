import type { ReactNode } from "react";
import { Link } from "react-router";
import { classNames } from "../../../components/classNames.ts";
import { formatCount } from "../../../components/format.ts";
import { type GalleryFilter, writeFilter } from "../galleryFilter.ts";
import styles from "./FilterGroup.module.css";

interface FilterGroupProps {
  title: string;
  /** Beside the title. */
  action?: ReactNode;
  children: ReactNode;
}

/** Filters of one kind under their title. */
export function FilterGroup({ title, action, children }: FilterGroupProps) {
  return (
    <section className={styles.group} aria-label={title}>
      <h2 className={styles.heading}>
        {title}
        {action}
      </h2>
      {children}
    </section>
  );
}

interface FilterLinkProps {
  filter: GalleryFilter;
  /** What a click makes of the filter. */
  change: Partial<GalleryFilter>;
  text: string;
  /** The whole of a text that is cut off. */
  title?: string;
  count?: number;
  isChosen: boolean;
  /** Steps to the right. */
  depth?: number;
}

const STEP_PX = 12;
const EDGE_PX = 8;
/** Deeper ones stand beneath each other: the names need the room. */
const MAX_STEPS = 6;

export function FilterLink({ filter, change, text, title, count, isChosen, depth = 0 }: FilterLinkProps) {
  return (
    <Link
      to={{ search: writeFilter({ ...filter, ...change }).toString() }}
      aria-current={isChosen ? "true" : undefined}
      className={classNames(styles.item, isChosen && styles.chosen)}
      style={{ paddingLeft: EDGE_PX + Math.min(depth, MAX_STEPS) * STEP_PX }}
    >
      <span className={styles.text} title={title}>
        {text}
      </span>
      {count !== undefined && <span className={styles.count}>{formatCount(count)}</span>}
    </Link>
  );
}
