import { classNames } from "./classNames.ts";
import styles from "./Skeleton.module.css";

interface SkeletonProps {
  width?: number | string;
  height?: number | string;
  className?: string;
}

/** Holds the place of what loads. It fades in after 200 ms, so that a quick answer never flickers. */
export function Skeleton({ width = "100%", height = 16, className }: SkeletonProps) {
  return <span aria-hidden="true" className={classNames(styles.skeleton, className)} style={{ width, height }} />;
}
