/** A figure with its interval, or that it is not defined, and why. */
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Interval } from "../statisticsTypes.ts";
import styles from "./Figure.module.css";

interface FigureProps {
  value: number | null;
  /** Why the value is null. */
  reason: string | undefined;
  format: (value: number) => string;
  /** Left out where the set is large enough for the figure to stand alone. */
  interval?: Interval | null | undefined;
  /** Of the interval's ends, where they are written shorter. */
  formatEnd?: (value: number) => string;
}

export function Figure({ value, reason, format, interval, formatEnd = format }: FigureProps) {
  const { t } = useTranslation("statistics");
  if (value === null) return <NotDefined reason={reason ?? t("noReason")} />;
  return (
    <span className={styles.figure}>
      {format(value)}
      {interval && (
        <small title={t("between", { low: format(interval.low), high: format(interval.high) })}>
          {t("range", { low: formatEnd(interval.low), high: formatEnd(interval.high) })}
        </small>
      )}
    </span>
  );
}

/** Never 0: the reason opens by click, tap and key. */
export function NotDefined({ reason }: { reason: string }) {
  const { t } = useTranslation("statistics");
  return (
    <DialogTrigger>
      <Button slot={null} className={styles.undefined ?? ""}>
        <span title={reason}>{t("notDefined")}</span>
      </Button>
      <Popover className={styles.popover ?? ""} placement="bottom" offset={6}>
        <Dialog className={styles.reason ?? ""} aria-label={t("notDefined")}>
          {reason}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
