/** Trust it or not: the figures of both sets, where the model is wrong, and the score thresholds that decide. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { useKeys } from "../../app/useKeys.ts";
import { useLabelColors } from "../../app/useLabelColors.ts";
import { useSettled } from "../../app/useSettled.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { takeNewestToastAction } from "../../components/toasts.ts";
import { useModel } from "../models/useModels.ts";
import { CurvePanel } from "./curve/CurvePanel.tsx";
import { Breakdown } from "./figures/Breakdown.tsx";
import { FigureTiles } from "./figures/FigureTiles.tsx";
import { LabelTable } from "./figures/LabelTable.tsx";
import { Notices } from "./Notices.tsx";
import { PredictionsPanel } from "./predictions/PredictionsPanel.tsx";
import { StatisticsBar } from "./StatisticsBar.tsx";
import { StatisticsHeader } from "./StatisticsHeader.tsx";
import styles from "./StatisticsPage.module.css";
import { type Judging, type ScorePreview, uncertaintyQuery } from "./statisticsQueries.ts";
import type { Statistics } from "./statisticsTypes.ts";
import { SuspectsPanel } from "./suspects/SuspectsPanel.tsx";
import { TrainingCurves } from "./TrainingCurves.tsx";
import { ThresholdFooter } from "./thresholds/ThresholdFooter.tsx";
import { type ThresholdEditing, useThresholdEditing } from "./thresholds/useThresholdEditing.ts";
import { useThresholds } from "./thresholds/useThresholds.ts";
import { useFollowingStatistics } from "./useFollowingStatistics.ts";
import { type ChangeView, judgingOf, type StatisticsView, useStatisticsView } from "./useStatisticsView.ts";

export function StatisticsPage() {
  const { t } = useTranslation("statistics");
  const modelId = useIdParam("modelId");
  const [view, setView] = useStatisticsView();
  const judging = judgingOf(modelId, view);
  const model = useModel(modelId);
  const isReady = model.data?.status === "ready";
  const thresholds = useThresholds(modelId, view.checkpoint, view.speed, isReady);
  const editing = useThresholdEditing(thresholds, view.scorePercent, (scorePercent) => setView({ scorePercent }));
  const { statistics, ...asked } = useFollowingStatistics({
    judging,
    preview: editing.preview,
    inForce: thresholds.thresholds?.values,
    isReady,
  });
  useKeys({ "mod+z": takeNewestToastAction });
  return (
    <Page
      title={model.data?.name ?? t("title")}
      header={
        <StatisticsHeader
          model={model.data}
          statistics={isReady ? statistics : undefined}
          judging={judging}
          preview={editing.keptPreview}
        />
      }
    >
      <StatisticsBar model={model.data} view={view} onView={setView} />
      <ErrorMessage error={model.error ?? asked.error ?? thresholds.error} onRetry={() => void asked.refetch()} />
      {model.data && !isReady && <ErrorMessage error={t("notReady")} />}
      {isReady && asked.isPending && <Skeleton height={320} />}
      {model.data && isReady && statistics && (
        <Found
          model={model.data}
          statistics={statistics}
          judging={judging}
          editing={editing}
          view={view}
          onView={setView}
        />
      )}
    </Page>
  );
}

interface FoundProps {
  model: Model;
  statistics: Statistics;
  judging: Judging;
  editing: ThresholdEditing;
  view: StatisticsView;
  onView: ChangeView;
}

function Found({ model, statistics, judging, editing, view, onView }: FoundProps) {
  const { t } = useTranslation("statistics");
  const colorOf = useLabelColors(model.project_id);
  // Intervals, images and suspects take longer than figures, so they follow when the sliders rest.
  const settled = useSettled<{ judging: Judging; preview: ScorePreview }>({ judging, preview: editing.keptPreview });
  const isSettled = JSON.stringify(settled) === JSON.stringify({ judging, preview: editing.preview });
  const uncertainty = useQuery(uncertaintyQuery(settled.judging, settled.preview));
  // What is large is drawn after the figures, and not at all where the slider has moved on.
  const deferred = useDeferredValue(statistics);
  const age = isSettled && !uncertainty.isFetching ? "new" : "old";
  return (
    <>
      <Notices
        projectId={model.project_id}
        statistics={statistics}
        nearDuplicates={uncertainty.data?.images_near_duplicates_across}
        difference={uncertainty.data?.best_against_last}
        onGroundTruth={(groundTruth) => onView({ groundTruth })}
      />
      <ErrorMessage error={uncertainty.error} onRetry={() => void uncertainty.refetch()} />
      <div data-intervals={age}>
        <FigureTiles
          statistics={statistics}
          uncertainty={uncertainty.data}
          iouPercent={view.iouPercent}
          colorOf={colorOf}
        />
      </div>
      <div className={styles.columns} data-intervals={age}>
        <section className={styles.card} aria-label={t("byLabel")}>
          <LabelTable
            statistics={statistics}
            uncertainty={uncertainty.data}
            iouPercent={view.iouPercent}
            editing={editing}
            colorOf={colorOf}
            sort={view.sort}
            onSort={(sort) => onView({ sort })}
            shown={view.label}
            onShow={(label) => onView({ label })}
          />
          <ThresholdFooter
            modelId={judging.modelId}
            checkpoint={view.checkpoint}
            editing={editing}
            scorePercent={view.scorePercent}
            onScorePercent={(scorePercent) => onView({ scorePercent })}
          />
        </section>
        <CurvePanel
          statistics={statistics}
          editing={editing}
          colorOf={colorOf}
          label={view.label}
          onLabel={(label) => onView({ label })}
        />
      </div>
      <Breakdown confusion={statistics.confusion} scores={statistics.scores} sizes={statistics.sizes} />
      <PredictionsPanel
        projectId={model.project_id}
        judging={settled.judging}
        preview={settled.preview}
        statistics={deferred}
        label={view.label}
        order={view.order}
        filter={view.filter}
        imageId={view.imageId}
        onView={onView}
      />
      <SuspectsPanel projectId={model.project_id} judging={settled.judging} kind={view.suspects} onView={onView} />
      <TrainingCurves modelId={judging.modelId} />
    </>
  );
}
