/** Whose figures these are: saved when, started from what, and what can be done with them. */
import { ChartSpline, Download, ListChecks, PackageOpen, Printer, WandSparkles } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Checkpoint, Model } from "../../api/types.ts";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { Button, LinkButton } from "../../components/Button.tsx";
import { formatDuration } from "../../components/format.ts";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { DownloadModelDialog } from "../download/DownloadModelDialog.tsx";
import styles from "./StatisticsPage.module.css";
import { type Judging, pathOf, previewParameters, type ScorePreview } from "./statisticsQueries.ts";
import type { Statistics } from "./statisticsTypes.ts";

interface StatisticsHeaderProps {
  model: Model | undefined;
  statistics: Statistics | undefined;
  judging: Judging;
  preview: ScorePreview;
}

export function StatisticsHeader({ model, statistics, judging, preview }: StatisticsHeaderProps) {
  const { t } = useTranslation(["statistics", "fixes"]);
  return (
    <header className={styles.header}>
      <h1>{model?.name}</h1>
      {statistics && (
        <p className={styles.saved}>
          <Saved saved={statistics.saved} />
          {statistics.initialised_from !== null && <> · {t("startedFrom", { from: statistics.initialised_from })}</>}
        </p>
      )}
      <span className={styles.space} />
      <div className={styles.actions} data-print="hide">
        <LinkButton kind="quiet" icon={ChartSpline} to={`/models/${judging.modelId}`}>
          {t("learningCurves")}
        </LinkButton>
        <LinkButton kind="quiet" icon={ListChecks} to={`/models/${judging.modelId}/review?split=${judging.split}`}>
          {t("fixes:title")}
        </LinkButton>
        {statistics && <DownloadsMenu judging={judging} preview={preview} />}
        {statistics && (
          <Button icon={Printer} onPress={() => window.print()}>
            {t("print")}
          </Button>
        )}
        {model && <ModelUses model={model} judging={judging} />}
      </div>
    </header>
  );
}

/** What developers do with the model. */
function ModelUses({ model, judging }: { model: Model; judging: Judging }) {
  const { t } = useTranslation(["statistics", "models"]);
  const [isDownloading, setDownloading] = useState(false);
  if (!useIsDeveloper(model.project_id)) return null;
  return (
    <>
      {model.status === "ready" && (
        <Button icon={PackageOpen} onPress={() => setDownloading(true)}>
          {t("models:downloadModel")}
        </Button>
      )}
      <LinkButton
        kind="primary"
        icon={WandSparkles}
        to={`/models/${model.id}/predict?checkpoint=${judging.checkpoint}&speed=${judging.speed}`}
      >
        {t("newPrediction")}
      </LinkButton>
      {isDownloading && (
        <DownloadModelDialog model={model} checkpoint={judging.checkpoint} onClose={() => setDownloading(false)} />
      )}
    </>
  );
}

function Saved({ saved }: { saved: Statistics["saved"] }) {
  const { t } = useTranslation("statistics");
  const time = (checkpoint: Checkpoint) => formatDuration(saved[checkpoint]?.elapsed_s ?? 0);
  return t("savedAt", { best: time("best"), last: time("last") });
}

function DownloadsMenu({ judging, preview }: { judging: Judging; preview: ScorePreview }) {
  const { t } = useTranslation("statistics");
  const predictions = (format: string) => `${pathOf(judging, "predictions/download")}&format=${format}`;
  const table = [pathOf(judging, "statistics.csv"), String(previewParameters(preview))].filter(Boolean).join("&");
  return (
    <MenuButton
      aria-label={t("downloads")}
      placement="bottom end"
      button={<Button icon={Download}>{t("downloads")}</Button>}
    >
      <MenuItem href={predictions("coco")} download="" note={t("cocoNote")}>
        {t("coco")}
      </MenuItem>
      <MenuItem href={predictions("maskwright")} download="" note={t("ownJsonNote")}>
        {t("ownJson")}
      </MenuItem>
      <MenuItem href={predictions("masks")} download="" note={t("masksNote")}>
        {t("masks")}
      </MenuItem>
      <MenuItem href={table} download="" note={t("csvNote")}>
        {t("csv")}
      </MenuItem>
    </MenuButton>
  );
}
