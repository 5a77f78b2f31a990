/**
 * The model's log, following its end while the training goes on, unless somebody has scrolled up to read. That the
 * server is away is said by the page.
 */
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { isOffline } from "../../api/client.ts";
import type { Model } from "../../api/types.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatMoment } from "../../components/format.ts";
import { isActive, logQuery } from "../train/trainingQueries.ts";
import styles from "./ModelPage.module.css";

const POLL_MS = 3_000;
const NEAR_END_PX = 24;

export function Log({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  // The last line of a training comes with its end, so the status is asked along with.
  const log = useQuery({ ...logQuery(model.id), refetchInterval: isActive(model) ? POLL_MS : false });
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  const count = log.data?.items.length ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when a line is added
  useLayoutEffect(() => {
    const element = list.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [count]);
  const noteScroll = () => {
    const element = list.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
  };
  return (
    <section className={styles.card} aria-label={t("log")}>
      <header className={styles.cardHeader}>
        <h2>{t("log")}</h2>
        <span className={styles.space} />
        <Link to={`/api/v1/models/${model.id}/log`} reloadDocument>
          {t("rawLog")}
        </Link>
      </header>
      {!isOffline(log.error) && <ErrorMessage error={log.error} />}
      {count === 0 && !log.isPending && <p className={styles.waiting}>{t("noLog")}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it */}
      <ol className={styles.log} tabIndex={0} ref={list} onScroll={noteScroll}>
        {log.data?.items.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added, and two may be alike
          <li key={index}>
            <time dateTime={line.at}>{formatMoment(line.at)}</time>
            <span>{line.message}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
