/** The statistics while sliders move: one question at a time, and figures at a tried threshold before its answer. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Judging, type ScorePreview, statisticsQuery } from "./statisticsQueries.ts";
import { atThresholds, triedThresholds } from "./thresholds/atThresholds.ts";

interface Wish {
  judging: Judging;
  preview: ScorePreview;
  /** The thresholds in force of the wish's checkpoint; undefined until they are known. */
  inForce: Readonly<Record<string, number>> | undefined;
  isReady: boolean;
}

export function useFollowingStatistics({ judging, preview, inForce, isReady }: Wish) {
  const { t } = useTranslation("statistics");
  // A slider moves faster than answers come: the newest question waits for the last one's answer, those between go
  // unasked. Asked and aborted, each would still cost the server its time.
  const [held, setHeld] = useState({ judging, preview });
  const asked = held.judging.modelId === judging.modelId ? held : { judging, preview };
  const query = useQuery({ ...statisticsQuery(asked.judging, asked.preview), enabled: isReady });
  const isAsked = JSON.stringify(held) === JSON.stringify({ judging, preview });
  // biome-ignore lint/correctness/useExhaustiveDependencies: isAsked stands for what is wished, which may be made anew each time
  useEffect(() => {
    if (!isAsked && !query.isFetching) setHeld({ judging, preview });
  }, [isAsked, query.isFetching]);
  const isAnswered = isAsked && !query.isFetching;
  const { data } = query;
  const statistics = useMemo(() => {
    if (data === undefined || inForce === undefined || isAnswered) return data;
    return atThresholds(data, triedThresholds(inForce, preview), t("nothingKept"));
  }, [data, inForce, isAnswered, preview, t]);
  return { statistics, error: query.error, isPending: query.isPending, refetch: query.refetch };
}
