/** Thresholds in the hand: tried out while a slider moves, kept when it is let go. */
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPercent } from "../../../components/format.ts";
import type { ScorePreview } from "../statisticsQueries.ts";
import type { ThresholdControl } from "./useThresholds.ts";

/** What is tried: one label's threshold while its slider is dragged, or, kept in the address, one for all. */
export function useThresholdEditing(
  control: ThresholdControl,
  scorePercent: number | null,
  onScorePercent: (percent: number | null) => void,
) {
  const { t } = useTranslation("statistics");
  const [dragged, setDragged] = useState<{ label: string; score: number } | null>(null);
  const latest = useRef({ control, onScorePercent });
  latest.current = { control, onScorePercent };
  const keptPreview: ScorePreview = scorePercent === null ? null : { all: Math.round(scorePercent * 10) / 1000 };
  const preview: ScorePreview = dragged === null ? keptPreview : { labels: { [dragged.label]: dragged.score } };
  // The same functions for good: ten sliders are not to be drawn anew at each step of one.
  const actions = useMemo(() => {
    const endTrying = (held: typeof dragged) => {
      setDragged(held);
      latest.current.onScorePercent(null);
    };
    return {
      /** Shows the figures at this threshold without keeping it. */
      tryLabel: (label: string, score: number) => setDragged({ label, score }),
      setLabel: (label: string, score: number) => {
        endTrying({ label, score }); // held until it is kept: figures must not fall back to the old threshold meanwhile
        latest.current.control.change(
          { optimized: false, values: { [label]: score } },
          t("nowOf", { label, score: formatPercent(score) }),
          () => setDragged((now) => (now?.label === label && now.score === score ? null : now)),
        );
      },
      setAll: (score: number) => {
        endTrying(null);
        latest.current.control.change({ optimized: false, all: score }, t("nowOfAll", { score: formatPercent(score) }));
      },
      setOptimized: () => {
        endTrying(null);
        latest.current.control.change({ optimized: true }, t("nowOptimized"));
      },
      keepByHand: () => {
        const values = latest.current.control.thresholds?.values;
        if (values) latest.current.control.change({ optimized: false, values }, t("nowByHand"));
      },
    };
  }, [t]);
  return {
    ...actions,
    preview,
    /** The one of the address alone: what is dear to compute waits until a slider is let go. */
    keptPreview,
    mayChange: control.mayChange,
    isSaving: control.isSaving,
    isOptimized: control.isOptimized,
    isTryingAll: scorePercent !== null,
  };
}

export type ThresholdEditing = ReturnType<typeof useThresholdEditing>;
