/** The learning curves of the model, alone or with others of its project over each other; what is chosen is in the address. */
import { useQueries } from "@tanstack/react-query";
import { ChevronDown, Download, ImageDown } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { CurvePoint, Model } from "../../api/types.ts";
import { idOf } from "../../app/currentProject.ts";
import { ComparedCurves, MOST_CURVES } from "../../charts/ComparedCurves.tsx";
import { type CurveAxis, CurveChart } from "../../charts/CurveChart.tsx";
import { chartsToPng } from "../../charts/chartImage.ts";
import { curvesToCsv, METRICS, type Metric } from "../../charts/curves.ts";
import { Button } from "../../components/Button.tsx";
import { Definition } from "../../components/Definition.tsx";
import { fileName } from "../../components/fileName.ts";
import { formatDuration, formatMap } from "../../components/format.ts";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { saveFile } from "../../components/saveFile.ts";
import { useModels } from "../models/useModels.ts";
import { bestPoint, curveQuery, isActive } from "../train/trainingQueries.ts";
import styles from "./ModelPage.module.css";

const POLL_MS = 3_000;
const KINDS = ["quality", "loss", "rate"] as const;

interface CurvesProps {
  model: Model;
  points: readonly CurvePoint[];
}

export function Curves({ model, points }: CurvesProps) {
  const { t } = useTranslation("model");
  const view = useCurveView();
  const others = useOtherCurves(model, view.compared);
  const charts = useRef<HTMLDivElement>(null);
  const best = bestPoint(points);
  const curves = [{ name: model.name, points }, ...others.chosen];
  const name = fileName(model.name, curves.length > 1 ? "and-others" : "", "curves");
  const saveCsv = () => saveFile(new Blob([curvesToCsv(curves)], { type: "text/csv" }), `${name}.csv`);
  const savePng = async () => {
    if (charts.current)
      saveFile(await chartsToPng(charts.current, curves.map((curve) => curve.name).join(", ")), `${name}.png`);
  };
  const isEmpty = curves.every((curve) => curve.points.length === 0);
  const isUnfit = isEmpty || others.isPending; // to be downloaded: a curve would be missing
  return (
    <section className={styles.card} aria-label={t("learningCurves")}>
      <header className={styles.cardHeader}>
        <h2>{t("learningCurves")}</h2>
        {best && model.best && (
          <span className={styles.best}>
            {t("bestSaved", { time: formatDuration(best.elapsed_s), map: formatMap(best.map) })}
          </span>
        )}
        <span className={styles.space} />
        {others.candidates.length > 0 && (
          <CompareMenu candidates={others.candidates} compared={view.compared} onChange={view.setCompared} />
        )}
        {others.chosen.length > 0 && (
          <Select<Metric>
            label={t("figure")}
            hideLabel
            value={view.metric}
            onChange={view.setMetric}
            options={METRICS.map((metric) => ({ value: metric, text: t(`metric.${metric}`) }))}
          />
        )}
        <SegmentedControl<CurveAxis>
          label={t("axis")}
          value={view.axis}
          onChange={view.setAxis}
          options={[
            { value: "time", text: t("time") },
            { value: "steps", text: t("steps") },
          ]}
        />
        <Button kind="quiet" icon={Download} onPress={saveCsv} isDisabled={isUnfit}>
          CSV
        </Button>
        <Button kind="quiet" icon={ImageDown} onPress={() => void savePng()} isDisabled={isUnfit}>
          PNG
        </Button>
      </header>
      {isEmpty ? (
        <p className={styles.waiting}>{t(isActive(model) ? "noPoints" : "noPointsEver")}</p>
      ) : (
        <div className={others.chosen.length > 0 ? styles.compared : styles.charts} ref={charts}>
          {others.chosen.length > 0 ? (
            <ComparedCurves metric={view.metric} axis={view.axis} curves={curves} bestAt={best} height={320} />
          ) : (
            KINDS.map((kind) => (
              <div key={kind} className={styles[kind]}>
                <h3>
                  {t(`${kind}Title`)}
                  <Definition term={t(`${kind}Title`)}>{t(`${kind}Definition`)}</Definition>
                </h3>
                <CurveChart
                  kind={kind}
                  axis={view.axis}
                  points={points}
                  bestAt={best}
                  height={kind === "rate" ? 120 : 280}
                />
              </div>
            ))
          )}
        </div>
      )}
    </section>
  );
}

interface CompareMenuProps {
  candidates: readonly Model[];
  compared: readonly number[];
  onChange: (ids: number[]) => void;
}

function CompareMenu({ candidates, compared, onChange }: CompareMenuProps) {
  const { t } = useTranslation("model");
  const isFull = compared.length >= MOST_CURVES - 1;
  return (
    <MenuButton
      aria-label={t("compare")}
      selectionMode="multiple"
      selectedKeys={compared.map(String)}
      onSelectionChange={(keys) => onChange(keys === "all" ? [] : [...keys].map(Number))}
      disabledKeys={isFull ? candidates.map(({ id }) => String(id)).filter((id) => !compared.includes(Number(id))) : []}
      button={
        <Button kind="quiet" iconAfter={ChevronDown}>
          {compared.length === 0 ? t("compare") : t("comparedWith", { count: compared.length })}
        </Button>
      }
    >
      {candidates.map((model) => (
        <MenuItem key={model.id} id={String(model.id)} hint={formatMap(model.best?.map)}>
          {model.name}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

/** `?axis=steps&compare=4,5&figure=ap50`. */
function useCurveView() {
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        if (value === "") old.delete(name);
        else old.set(name, value);
        return old;
      },
      { replace: true },
    );
  const ids = (search.get("compare") ?? "").split(",").map(idOf);
  return {
    axis: (search.get("axis") === "steps" ? "steps" : "time") as CurveAxis,
    setAxis: (axis: CurveAxis) => set("axis", axis === "time" ? "" : axis),
    metric: METRICS.find((metric) => metric === search.get("figure")) ?? "map",
    setMetric: (metric: Metric) => set("figure", metric === "map" ? "" : metric),
    compared: ids.filter((id) => id !== undefined).slice(0, MOST_CURVES - 1),
    setCompared: (chosen: number[]) => set("compare", chosen.join(",")),
  };
}

/** The project's other models that have begun, and the curves of the chosen ones. */
function useOtherCurves(model: Model, compared: readonly number[]) {
  const models = useModels(model.project_id);
  const candidates = (models.data?.items ?? []).filter((other) => other.id !== model.id && other.status !== "queued");
  const chosen = candidates.filter((other) => compared.includes(other.id));
  const curves = useQueries({
    queries: chosen.map((other) => ({
      ...curveQuery(other.id),
      refetchInterval: isActive(other) ? POLL_MS : (false as const),
    })),
  });
  return {
    candidates,
    isPending: compared.length > 0 && (models.isPending || curves.some((curve) => curve.isPending)),
    chosen: chosen.map((other, index) => ({ name: other.name, points: curves[index]?.data?.items ?? [] })),
  };
}
