/** "Show predictions": the set's images with what the model saw right, wrong and not at all, the worst first by choice. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import { memo, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Definition } from "../../../components/Definition.tsx";
import { EmptyState } from "../../../components/EmptyState.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { SegmentedControl } from "../../../components/SegmentedControl.tsx";
import { Select } from "../../../components/Select.tsx";
import { Skeleton } from "../../../components/Skeleton.tsx";
import {
  type Judging,
  judgedImageQuery,
  judgedImagesQuery,
  type PredictionFilter,
  type PredictionOrder,
  type ScorePreview,
} from "../statisticsQueries.ts";
import type { Statistics } from "../statisticsTypes.ts";
import type { ChangeView, StatisticsView } from "../useStatisticsView.ts";
import { JudgedThumbnail } from "./JudgedThumbnail.tsx";
import { JudgedViewer } from "./JudgedViewer.tsx";
import { isShownBy } from "./judgement.ts";
import styles from "./PredictionsPanel.module.css";

interface PredictionsPanelProps extends Pick<StatisticsView, "label" | "order" | "filter" | "imageId"> {
  projectId: number;
  judging: Judging;
  preview: ScorePreview;
  statistics: Statistics;
  onView: ChangeView;
}

const ORDERS: readonly PredictionOrder[] = ["missed", "imagined", "lowest_iou", "uncertain", "name"];
const ANY = "";

export const PredictionsPanel = memo(function PredictionsPanel(props: PredictionsPanelProps) {
  const { projectId, judging, preview, statistics, imageId, onView, ...view } = props;
  const { t } = useTranslation("statistics");
  const label = statistics.labels.some((row) => row.label === view.label) ? view.label : null;
  const open = useCallback((id: number) => onView({ imageId: id }), [onView]);
  const pages = useInfiniteQuery(judgedImagesQuery(judging, { order: view.order, label, preview }));
  const all = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const images = all.filter((image) => isShownBy(image, view.filter));
  const isElsewhere = imageId !== null && pages.isSuccess && !images.some((image) => image.image_id === imageId);
  const alone = useQuery({ ...judgedImageQuery(judging, imageId ?? 0, { label, preview }), enabled: isElsewhere });
  const { true_positives: right, false_positives: wrong } =
    statistics.labels.find((row) => row.label === label) ?? statistics.global;
  return (
    <section className={styles.panel} aria-label={t("predictions")} data-print="hide">
      <header className={styles.header}>
        <h2>{t("predictions")}</h2>
        <SegmentedControl<PredictionFilter>
          label={t("which")}
          value={view.filter}
          onChange={(filter) => onView({ filter })}
          options={[
            { value: "all", text: t("filterAll", { count: right + wrong }) },
            { value: "correct", text: t("filterCorrect", { count: right }) },
            { value: "incorrect", text: t("filterIncorrect", { count: wrong }) },
          ]}
        />
        <span className={styles.space} />
        <div className={styles.select}>
          <Select
            label={t("label")}
            hideLabel
            value={label ?? ANY}
            onChange={(value) => onView({ label: value === ANY ? null : value })}
            options={[
              { value: ANY, text: t("allLabels") },
              ...statistics.labels.map((row) => ({ value: row.label, text: row.label })),
            ]}
          />
        </div>
        <div className={styles.select}>
          <Select
            label={t("order")}
            hideLabel
            value={view.order}
            onChange={(order) => onView({ order })}
            options={ORDERS.map((order) => ({ value: order, text: t(`order_${order}`) }))}
          />
        </div>
        <Definition term={t(`order_${view.order}`)}>{t(`order_${view.order}_text`)}</Definition>
      </header>
      <ErrorMessage error={pages.error} onRetry={() => void pages.refetch()} />
      {pages.isPending && <Skeleton height={220} />}
      {pages.data && images.length === 0 && (
        <EmptyState icon={ImageOff} title={t("noImages")}>
          {t(all.length > 0 ? "noImagesOfKind" : "noImagesText")}
        </EmptyState>
      )}
      <ul className={styles.grid}>
        {images.map((image) => (
          <li key={image.image_id}>
            <JudgedThumbnail image={image} filter={view.filter} onOpen={open} />
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <footer className={styles.footer}>
          <Button onPress={() => void pages.fetchNextPage()} isDisabled={pages.isFetching}>
            {t("moreImages", { shown: all.length, count: pages.data?.pages[0]?.total ?? 0 })}
          </Button>
        </footer>
      )}
      {imageId !== null && (
        <JudgedViewer
          projectId={projectId}
          images={images}
          imageId={imageId}
          alone={alone.data}
          filter={view.filter}
          onFilter={(filter) => onView({ filter })}
          thresholds={new Map(statistics.labels.map((row) => [row.label, row.threshold]))}
          onMove={(id) => onView({ imageId: id })}
          hasMore={pages.hasNextPage}
          isFetching={pages.isFetching}
          onMore={() => void pages.fetchNextPage()}
        />
      )}
    </section>
  );
});
