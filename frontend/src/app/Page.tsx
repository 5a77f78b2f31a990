import type { ReactNode } from "react";
import { useEffect } from "react";
import { classNames } from "../components/classNames.ts";
import styles from "./Page.module.css";

interface PageProps {
  /** The browser tab's title, and the h1 unless `header` is given. */
  title: string;
  /** Beside the title, at the right. */
  actions?: ReactNode;
  /** Instead of the h1. */
  header?: ReactNode;
  width?: "narrow" | "wide";
  children: ReactNode;
}

/** A page that scrolls as a whole, with its title at the top. */
export function Page({ title, actions, header, width = "wide", children }: PageProps) {
  usePageTitle(title);
  return (
    <div className={styles.scroller}>
      <div className={classNames(styles.page, styles[width])}>
        {header ?? (
          <header className={styles.header}>
            <h1>{title}</h1>
            {actions !== undefined && <div className={styles.actions}>{actions}</div>}
          </header>
        )}
        {children}
      </div>
    </div>
  );
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Maskwright" : `${title} · Maskwright`;
  }, [title]);
}
