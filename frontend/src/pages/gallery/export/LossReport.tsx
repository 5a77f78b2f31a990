import { Check, CircleAlert, CircleX, Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ChangedInstance, LabelExportReport } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { formatCount } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { numberCell, Table } from "../../../components/Table.tsx";
import { damagedOf, EXACT_FORMAT, formatIou, unlistedCount } from "./exportQueries.ts";
import styles from "./LossReport.module.css";

/** The worst ones are looked at one by one; the rest of the server's list is like the last of these. */
const SHOWN_ITEMS = 50;

interface LossReportProps {
  projectId: number;
  report: LabelExportReport;
  /** Takes the format that keeps every mask. */
  onExact: () => void;
}

/** How many objects come back otherwise from a file, why, and the worst of them. */
export function LossReport({ projectId, report, onExact }: LossReportProps) {
  const { t } = useTranslation("labelExport");
  const damaged = damagedOf(report);
  const count = (figure: number) => ({ count: figure, shown: formatCount(figure) });
  return (
    <>
      <div className={styles.summary} role="status">
        <p className={styles.line}>
          <Icon of={Check} className={styles.ok} />
          {t("exact", { ...count(report.instances), exact: formatCount(report.exact) })}
        </p>
        {report.changed > 0 && (
          <p className={styles.line}>
            <Icon of={CircleAlert} className={styles.warn} />
            {t("changed", count(report.changed))}
            {report.worst_iou !== null && report.lost === 0 && ` ${worstText(t, report.worst_iou)}`}
          </p>
        )}
        {report.lost > 0 && (
          <p className={styles.line}>
            <Icon of={CircleX} className={styles.bad} />
            {t("lost", count(report.lost))}
          </p>
        )}
        {report.reasons.length > 0 && (
          <ul className={styles.reasons} aria-label={t("reasons")}>
            {report.reasons.map((reason) => (
              <li key={reason.reason}>
                {reason.reason} <span className={styles.count}>{formatCount(reason.count)}</span>
              </li>
            ))}
          </ul>
        )}
        {report.cannot_hold.length > 0 && (
          <p className={styles.line}>
            <Icon of={Info} className={styles.note} />
            <span>{t("cannotHold", { list: report.cannot_hold.join(", ") })}</span>
          </p>
        )}
        {report.format !== EXACT_FORMAT && damaged.length > 0 && (
          <Button size="small" className={styles.instead} onPress={onExact}>
            {t("takeExact")}
          </Button>
        )}
      </div>
      {damaged.length > 0 && <Worst projectId={projectId} items={damaged} unlisted={unlistedCount(report)} />}
    </>
  );
}

interface WorstProps {
  projectId: number;
  items: readonly ChangedInstance[];
  /** Further ones that the server does not list. */
  unlisted: number;
}

function Worst({ projectId, items, unlisted }: WorstProps) {
  const { t } = useTranslation("labelExport");
  const shown = items.slice(0, SHOWN_ITEMS);
  const rest = items.length - shown.length + unlisted;
  return (
    <section className={styles.worst}>
      <h3>{t("worst")}</h3>
      <Table label={t("worst")}>
        <thead>
          <tr>
            <th>{t("image")}</th>
            <th>{t("label")}</th>
            <th>{t("what")}</th>
            <th className={numberCell}>{t("iou")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((item) => (
            <tr key={item.instance_id}>
              <td>
                <Link to={`/projects/${projectId}/label/${item.image_id}`}>{item.image}</Link>
              </td>
              <td>{item.label}</td>
              <td>{item.reason}</td>
              <td className={numberCell}>{item.iou === 0 ? t("gone") : formatIou(item.iou)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {rest > 0 && <p className={styles.note}>{t("more", { shown: formatCount(rest) })}</p>}
    </section>
  );
}

function worstText(t: ReturnType<typeof useTranslation<"labelExport">>["t"], worst: number): string {
  return worst === 1 ? t("samePixels") : t("worstIou", { iou: formatIou(worst) });
}
