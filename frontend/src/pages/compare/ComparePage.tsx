/** Models of a project side by side on the same images: which is better, where, and whether that is more than chance. */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Scale } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { Checkpoint, Split } from "../../api/types.ts";
import { idOf, useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { Definition } from "../../components/Definition.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Icon } from "../../components/Icon.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { Slider } from "../../components/Slider.tsx";
import { IOU_PERCENT, useStatisticsView } from "../statistics/useStatisticsView.ts";
import { ComparedFigures } from "./ComparedFigures.tsx";
import { ComparedImages } from "./ComparedImages.tsx";
import styles from "./ComparePage.module.css";
import { type Comparison, comparisonQuery } from "./comparisonQuery.ts";
import { OverlaidCurves } from "./OverlaidCurves.tsx";

const ALL = "";
const FEWEST = 2;

export function ComparePage() {
  const { t } = useTranslation(["compare", "statistics"]);
  const projectId = useIdParam("projectId");
  const [search] = useSearchParams();
  const [view, change] = useStatisticsView();
  const modelIds = (search.get("models") ?? "").split(",").flatMap((text) => idOf(text.trim()) ?? []);
  const isEnough = modelIds.length >= FEWEST;
  const { split, checkpoint, iouPercent } = view;
  const comparison = useQuery({
    ...comparisonQuery({ projectId, modelIds, split, checkpoint, iouPercent }),
    enabled: isEnough,
  });
  return (
    <Page title={t("compare:title")}>
      <div className={styles.bar}>
        <SegmentedControl<Split>
          label={t("statistics:set")}
          value={split}
          onChange={(value) => change({ split: value })}
          options={[
            { value: "training", text: t("compare:training") },
            { value: "validation", text: t("compare:validation") },
          ]}
        />
        <span className={styles.space} />
        <Slider
          label={t("statistics:iouThreshold")}
          value={iouPercent}
          onChange={(value) => change({ iouPercent: value })}
          minValue={IOU_PERCENT.lowest}
          maxValue={IOU_PERCENT.highest}
          step={1}
          output={`${iouPercent} %`}
          className={styles.slider ?? ""}
        />
        <SegmentedControl<Checkpoint>
          label={t("statistics:checkpoint")}
          value={checkpoint}
          onChange={(value) => change({ checkpoint: value })}
          options={[
            { value: "best", text: t("statistics:best") },
            { value: "last", text: t("statistics:last") },
          ]}
        />
      </div>
      {!isEnough && (
        <EmptyState
          icon={Scale}
          title={t("compare:chooseTwo")}
          action={<LinkButton to={`/projects/${projectId}/models`}>{t("compare:toModels")}</LinkButton>}
        >
          {t("compare:chooseTwoText")}
        </EmptyState>
      )}
      <ErrorMessage error={comparison.error} onRetry={() => void comparison.refetch()} />
      {isEnough && comparison.isPending && <Skeleton height={320} />}
      {comparison.data && <Compared projectId={projectId} comparison={comparison.data} query={search} />}
    </Page>
  );
}

interface ComparedProps {
  projectId: number;
  comparison: Comparison;
  query: URLSearchParams;
}

function Compared({ projectId, comparison, query }: ComparedProps) {
  const { t } = useTranslation(["compare", "statistics"]);
  const [label, setLabel] = useState(ALL);
  const labels = [...new Set(comparison.models.flatMap((model) => model.labels.map((row) => row.label)))];
  return (
    <>
      <Differences comparison={comparison} />
      <ComparedFigures models={comparison.models} query={query} />
      <section className={styles.card} aria-label={t("statistics:curve")}>
        <header className={styles.cardHeader}>
          <h2>{t("statistics:curve")}</h2>
          <Definition term={t("statistics:curve")}>{t("statistics:curveText")}</Definition>
          <span className={styles.space} />
          <div className={styles.select}>
            <Select
              label={t("statistics:curveOf")}
              hideLabel
              value={label}
              onChange={setLabel}
              options={[
                { value: ALL, text: t("statistics:allLabels") },
                ...labels.map((name) => ({ value: name, text: name })),
              ]}
            />
          </div>
        </header>
        <OverlaidCurves models={comparison.models} label={label === ALL ? null : label} />
      </section>
      <ComparedImages projectId={projectId} comparison={comparison} query={query} />
    </>
  );
}

/** What keeps the models from being compared on equal terms. */
function Differences({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("compare");
  const alone = comparison.models.filter((model) => model.images_only_here > 0);
  return (
    <div className={styles.notices}>
      <p>{t("comparedOn", { count: comparison.images_compared })}</p>
      {comparison.sets_differ && (
        <p className={styles.notice} role="note">
          <Icon of={CircleAlert} />
          {t("setsDiffer", {
            models: alone.map((model) => t("onlyHere", { name: model.name, count: model.images_only_here })).join(", "),
          })}
        </p>
      )}
      {comparison.labels_differ_on > 0 && (
        <p className={styles.notice} role="note">
          <Icon of={CircleAlert} />
          {t("labelsDiffer", { count: comparison.labels_differ_on })}
        </p>
      )}
    </div>
  );
}
