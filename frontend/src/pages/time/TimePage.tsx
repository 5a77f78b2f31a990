import { useQuery } from "@tanstack/react-query";
import { Clock, Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { projectQuery } from "../../api/queries.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { projectTitle } from "../../app/projectTitle.ts";
import { DownloadButton } from "../../components/Button.tsx";
import { DayField } from "../../components/DayField.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatDuration } from "../../components/format.ts";
import { numberCell, Table } from "../../components/Table.tsx";
import styles from "./TimePage.module.css";
import { csvAddress, type DayOfWork, labelingTimeQuery, type Period } from "./timeQuery.ts";

/** Who worked how long on a project's images, day by day; its days are in the address. */
export function TimePage() {
  const { t } = useTranslation("time");
  const projectId = useIdParam("projectId");
  const [search, setSearch] = useSearchParams();
  const period: Period = { from: search.get("from"), to: search.get("to") };
  const project = useQuery(projectQuery(projectId));
  const time = useQuery(labelingTimeQuery(projectId, period));
  const seesAll = project.data?.role === "Owner" || project.data?.role === "Admin";
  const choose = (name: keyof Period, day: string | null) => {
    const next = new URLSearchParams(search);
    if (day === null) next.delete(name);
    else next.set(name, day);
    setSearch(next, { replace: true });
  };
  return (
    <Page title={project.data ? t("titleOf", { name: projectTitle(project.data) }) : t("title")} width="narrow">
      <p className={styles.note}>{t(seesAll ? "noteAll" : "noteOwn")}</p>
      <div className={styles.period}>
        <DayField label={t("from")} day={period.from} onDay={(day) => choose("from", day)} />
        <DayField label={t("to")} day={period.to} onDay={(day) => choose("to", day)} />
        <DownloadButton href={csvAddress(projectId, period)} icon={Download} className={styles.download ?? ""}>
          {t("csv")}
        </DownloadButton>
      </div>
      <ErrorMessage error={project.error ?? time.error} onRetry={() => time.refetch()} />
      {time.data && time.data.items.length === 0 && (
        <EmptyState icon={Clock} title={t("none")}>
          {t("noneText")}
        </EmptyState>
      )}
      {time.data && time.data.items.length > 0 && (
        <DaysTable items={time.data.items} totalSeconds={time.data.total_seconds} />
      )}
    </Page>
  );
}

function DaysTable({ items, totalSeconds }: { items: readonly DayOfWork[]; totalSeconds: number }) {
  const { t } = useTranslation("time");
  return (
    <Table label={t("title")}>
      <thead>
        <tr>
          <th>{t("day")}</th>
          <th>{t("person")}</th>
          <th className={numberCell}>{t("images")}</th>
          <th className={numberCell}>{t("time")}</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ user_id, day, name, email, image_count, seconds }) => (
          <tr key={`${day} ${user_id}`}>
            <td>
              <time dateTime={day}>{day}</time>
            </td>
            <td className={styles.person} title={email}>
              {name || email}
            </td>
            <td className={numberCell}>{formatCount(image_count)}</td>
            <td className={numberCell}>{formatDuration(seconds)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className={styles.total}>
          <td colSpan={3}>{t("total")}</td>
          <td className={numberCell}>{formatDuration(totalSeconds)}</td>
        </tr>
      </tfoot>
    </Table>
  );
}
