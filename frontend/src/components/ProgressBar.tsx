import { ProgressBar as AriaProgressBar } from "react-aria-components";
import { classNames } from "./classNames.ts";
import styles from "./ProgressBar.module.css";

interface ProgressBarProps {
  label: string;
  /** 0-1; null while the end is not known. */
  value: number | null;
  kind?: "accent" | "bad";
  className?: string;
}

export function ProgressBar({ label, value, kind = "accent", className }: ProgressBarProps) {
  return (
    <AriaProgressBar
      aria-label={label}
      minValue={0}
      maxValue={1}
      isIndeterminate={value === null}
      value={value ?? 0}
      className={classNames(styles.track, className)}
    >
      <span
        className={classNames(styles.filled, styles[kind], value === null && styles.unknown)}
        style={value === null ? undefined : { width: `${Math.min(1, Math.max(0, value)) * 100}%` }}
      />
    </AriaProgressBar>
  );
}
