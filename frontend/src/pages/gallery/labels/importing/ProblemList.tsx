import { CircleAlert, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { LabelImportReport } from "../../../../api/types.ts";
import { Icon } from "../../../../components/Icon.tsx";
import styles from "./ImportReport.module.css";
import type { ProblemGroup } from "./labelImport.ts";

/** So many are looked through; more are found by the search or in the downloaded report. */
const SHOWN_GROUPS = 100;
const SHOWN_PROBLEMS = 10;

interface ProblemListProps {
  groups: readonly ProblemGroup[];
  report: LabelImportReport;
  /** Where its images are; null while nothing is imported yet and the dialog must not be left. */
  projectId: number | null;
  onLeave: () => void;
}

export function ProblemList({ groups, report, projectId, onLeave }: ProblemListProps) {
  const { t } = useTranslation("labelImport");
  if (groups.length === 0) return null;
  const missing = new Set(report.images_missing);
  const addressOf = ({ image }: ProblemGroup) =>
    projectId === null || image === null || missing.has(image)
      ? null
      : `/projects/${projectId}?${new URLSearchParams({ q: image })}`;
  return (
    <section>
      <h3 className={styles.heading}>{t("problems")}</h3>
      <ul className={styles.groups}>
        {groups.slice(0, SHOWN_GROUPS).map((group) => (
          <Group key={group.image ?? ""} group={group} address={addressOf(group)} onLeave={onLeave} />
        ))}
      </ul>
      {groups.length > SHOWN_GROUPS && (
        <p className={styles.rest}>{t("more", { count: groups.length - SHOWN_GROUPS })}</p>
      )}
    </section>
  );
}

interface GroupProps {
  group: ProblemGroup;
  address: string | null;
  onLeave: () => void;
}

function Group({ group, address, onLeave }: GroupProps) {
  const { t } = useTranslation("labelImport");
  const { image, isRefused, problems } = group;
  const name = image ?? t("wholeFiles");
  return (
    <li>
      <p className={styles.line}>
        <Icon of={isRefused ? CircleX : CircleAlert} className={isRefused ? styles.bad : styles.warn} />
        {address === null ? (
          <strong className={styles.name}>{name}</strong>
        ) : (
          <Link to={address} onClick={onLeave} className={styles.name}>
            {name}
          </Link>
        )}
        <span className={styles.outcome}>{isRefused && t("staysAsItIs")}</span>
      </p>
      <ul className={styles.reasons}>
        {problems.slice(0, SHOWN_PROBLEMS).map(({ entry, error }) => (
          <li key={`${entry} ${error}`}>
            {entry !== null && <span className={styles.entry}>{entry}: </span>}
            {error}
          </li>
        ))}
        {problems.length > SHOWN_PROBLEMS && <li>{t("more", { count: problems.length - SHOWN_PROBLEMS })}</li>}
      </ul>
    </li>
  );
}
