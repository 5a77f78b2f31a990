/** Trust it or not: the figures of both sets, for each label, and the score thresholds that they depend on. */
import { useQuery } from "@tanstack/react-query";
import { WandSparkles } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { labelsQuery, modelQuery } from "../../api/queries.ts";
import type { Checkpoint, Split } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { Definition } from "../../components/Definition.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatDuration, formatMap, formatPercent } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { Slider } from "../../components/Slider.tsx";
import { LabelTable } from "./LabelTable.tsx";
import styles from "./StatisticsPage.module.css";
import { type Statistics, statisticsQuery } from "./statisticsQueries.ts";

const DEFAULT_IOU_PERCENT = 50;

export function StatisticsPage() {
  const { t } = useTranslation("statistics");
  const modelId = useIdParam("modelId");
  const [search, setSearch] = useSearchParams();
  const split: Split = search.get("split") === "training" ? "training" : "validation";
  const checkpoint: Checkpoint = search.get("checkpoint") === "last" ? "last" : "best";
  const iouPercent = Number(search.get("iou") ?? DEFAULT_IOU_PERCENT);
  const set = (name: string, value: string) =>
    setSearch((old) => new URLSearchParams([...[...old].filter(([key]) => key !== name), [name, value]]), {
      replace: true,
    });

  const model = useQuery(modelQuery(modelId));
  const statistics = useQuery({
    ...statisticsQuery(modelId, split, checkpoint, iouPercent),
    enabled: model.data?.status === "ready",
  });
  const labels = useQuery({ ...labelsQuery(model.data?.project_id ?? 0), enabled: model.data !== undefined });

  return (
    <Page
      title={model.data?.name ?? t("title")}
      header={
        <header className={styles.header}>
          <h1>{model.data?.name}</h1>
          <span className={styles.saved}>{statistics.data && <Saved saved={statistics.data.saved} />}</span>
          <LinkButton kind="primary" icon={WandSparkles} to={`/models/${modelId}/predict?checkpoint=${checkpoint}`}>
            {t("newPrediction")}
          </LinkButton>
        </header>
      }
    >
      <div className={styles.bar}>
        <SegmentedControl<Split>
          label={t("set")}
          value={split}
          onChange={(value) => set("split", value)}
          options={[
            { value: "training", text: t("trainingTab", { count: model.data?.training_image_count ?? 0 }) },
            { value: "validation", text: t("validationTab", { count: model.data?.validation_image_count ?? 0 }) },
          ]}
        />
        <span className={styles.space} />
        <Slider
          label={t("iouThreshold")}
          value={iouPercent}
          onChange={(value) => set("iou", String(value))}
          minValue={50}
          maxValue={95}
          step={5}
          output={`${iouPercent} %`}
          className={styles.iou ?? ""}
        />
        <SegmentedControl<Checkpoint>
          label={t("checkpoint")}
          value={checkpoint}
          onChange={(value) => set("checkpoint", value)}
          options={[
            { value: "best", text: t("best") },
            { value: "last", text: t("last") },
          ]}
        />
      </div>
      <ErrorMessage error={model.error ?? statistics.error} onRetry={() => void statistics.refetch()} />
      {model.data && model.data.status !== "ready" && <ErrorMessage error={t("notReady")} />}
      {statistics.isLoading && <Skeleton height={320} />}
      {statistics.data && (
        <>
          <Tiles statistics={statistics.data} iouPercent={iouPercent} />
          <LabelTable
            modelId={modelId}
            checkpoint={checkpoint}
            statistics={statistics.data}
            colors={new Map(labels.data?.items.map((label) => [label.name, label.color]))}
          />
        </>
      )}
    </Page>
  );
}

function Saved({ saved }: { saved: Statistics["saved"] }) {
  const { t } = useTranslation("statistics");
  const time = (checkpoint: Checkpoint) => formatDuration(saved[checkpoint]?.elapsed_s ?? 0);
  return t("savedAt", { best: time("best"), last: time("last") });
}

function Tiles({ statistics, iouPercent }: { statistics: Statistics; iouPercent: number }) {
  const { t } = useTranslation("statistics");
  const { global, labels, images } = statistics;
  const count = labels.reduce((sum, label) => sum + label.count, 0);
  const tiles = [
    {
      name: t("labelCount"),
      text: t("labelCountText"),
      figure: formatCount(count),
      note: t("inImages", { count: images }),
    },
    { name: t("accuracy"), text: t("accuracyText"), figure: formatPercent(global.accuracy) },
    { name: t("precision"), text: t("precisionText"), figure: formatPercent(global.precision) },
    { name: t("recall"), text: t("recallText"), figure: formatPercent(global.recall) },
    { name: "F1", text: t("f1Text"), figure: formatPercent(global.f1) },
    {
      name: "mAP",
      text: t("mapText"),
      figure: formatMap(global.map),
      note: t("atIou", { percent: iouPercent, map: formatMap(global.map_at_iou) }),
    },
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(({ name, text, figure, note }) => (
        <div key={name} className={styles.tile}>
          <dt>
            {name} <Definition term={name}>{text}</Definition>
          </dt>
          <dd>
            <b>{figure}</b> <span>{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
