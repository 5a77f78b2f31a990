import type { ReactNode } from "react";
import { Toolbar } from "react-aria-components";
import { classNames } from "./classNames.ts";
import styles from "./FloatingBar.module.css";

interface FloatingBarProps {
  label: string;
  className?: string;
  children: ReactNode;
}

/** Actions for a selection, floating above the foot of the positioned element around it. */
export function FloatingBar({ label, className, children }: FloatingBarProps) {
  return (
    <Toolbar aria-label={label} className={classNames(styles.bar, className)}>
      {children}
    </Toolbar>
  );
}

export function FloatingBarLine() {
  return <span className={styles.line} aria-hidden="true" />;
}
