import { Check, CircleAlert, CircleX, ImageOff, Tag } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LabelImportReport } from "../../../api/types.ts";
import { Icon } from "../../../components/Icon.tsx";
import styles from "./ImportReport.module.css";

const SHOWN_NAMES = 100;

/** What an import would do, with each problem by its image. */
export function ImportReport({ report }: { report: LabelImportReport }) {
  const { t } = useTranslation("labels");
  const refused = report.problems.filter((problem) => problem.refused);
  const told = report.problems.filter((problem) => !problem.refused);
  return (
    <div className={styles.report} role="status">
      <p className={styles.line}>
        <Icon of={Check} className={styles.ok} />
        {t("report.matched", { count: report.images_matched })}
      </p>
      <p className={styles.line}>
        <Icon of={Check} className={styles.ok} />
        {t("report.objects", { count: report.instances_imported })}
      </p>
      {report.instances_skipped > 0 && (
        <p className={styles.line}>
          <Icon of={Check} className={styles.ok} />
          {t("report.skipped", { count: report.instances_skipped })}
        </p>
      )}
      {report.labels_created.length > 0 && (
        <p className={styles.line}>
          <Icon of={Tag} />
          <span>
            {t("report.newLabels", { count: report.labels_created.length })} {report.labels_created.join(", ")}
          </span>
        </p>
      )}
      {report.images_missing.length > 0 && (
        <details className={styles.details}>
          <summary>
            <Icon of={ImageOff} className={styles.warn} />
            {t("report.missing", { count: report.images_missing.length })}
          </summary>
          <ul>
            {report.images_missing.slice(0, SHOWN_NAMES).map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
          <Rest count={report.images_missing.length - SHOWN_NAMES} />
        </details>
      )}
      <Problems icon={CircleX} title={t("report.refused", { count: refused.length })} problems={refused} />
      <Problems icon={CircleAlert} title={t("report.told", { count: told.length })} problems={told} />
    </div>
  );
}

interface ProblemsProps {
  icon: typeof CircleX;
  title: string;
  problems: LabelImportReport["problems"];
}

function Problems({ icon, title, problems }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <details className={styles.details} open={problems.length <= 5}>
      <summary>
        <Icon of={icon} className={styles.warn} />
        {title}
      </summary>
      <ul>
        {problems.slice(0, SHOWN_NAMES).map((problem) => (
          <li key={`${problem.image} ${problem.entry} ${problem.error}`}>
            {problem.image !== null && <strong>{problem.image}: </strong>}
            {problem.entry !== null && `${problem.entry}: `}
            {problem.error}
          </li>
        ))}
      </ul>
      <Rest count={problems.length - SHOWN_NAMES} />
    </details>
  );
}

function Rest({ count }: { count: number }) {
  const { t } = useTranslation("labels");
  return count > 0 ? <p className={styles.rest}>{t("report.more", { count })}</p> : null;
}
