/** What the page shows, kept in the address: a link shows the same to somebody else, and Back goes back. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { type Checkpoint, SPEEDS, type Speed, type Split } from "../../api/types.ts";
import { idOf } from "../../app/currentProject.ts";
import type { Judging, PredictionFilter, PredictionOrder } from "./statisticsQueries.ts";
import type { GroundTruth, SuspectKind } from "./statisticsTypes.ts";

export interface StatisticsView {
  split: Split;
  checkpoint: Checkpoint;
  speed: Speed;
  iouPercent: number;
  groundTruth: GroundTruth;
  /** One score threshold for all labels that is tried out, 0-100. */
  scorePercent: number | null;
  /** The label whose curve is shown and whose predictions are listed; null is all together. */
  label: string | null;
  order: PredictionOrder;
  filter: PredictionFilter;
  /** The column that the table is sorted by, after "-" where the highest comes first. */
  sort: string;
  suspects: SuspectKind | null;
  /** The image that is open. */
  imageId: number | null;
}

export type ChangeView = (change: Partial<StatisticsView>) => void;

export const IOU_PERCENT = { default: 50, lowest: 5, highest: 95 };
const ORDERS: readonly PredictionOrder[] = ["missed", "imagined", "lowest_iou", "uncertain", "name"];
const FILTERS: readonly PredictionFilter[] = ["all", "correct", "incorrect"];
const KINDS: readonly SuspectKind[] = ["unlabeled", "mislabeled", "unpredicted"];

/** The parameter of each part, and its value where the address is silent. */
const PARAMETERS: { [Part in keyof StatisticsView]: { name: string; silent: StatisticsView[Part] } } = {
  split: { name: "split", silent: "validation" },
  checkpoint: { name: "checkpoint", silent: "best" },
  speed: { name: "speed", silent: "slow" },
  iouPercent: { name: "iou", silent: IOU_PERCENT.default },
  groundTruth: { name: "labels", silent: "snapshot" },
  scorePercent: { name: "score", silent: null },
  label: { name: "label", silent: null },
  order: { name: "order", silent: "missed" },
  filter: { name: "only", silent: "all" },
  sort: { name: "sort", silent: "" },
  suspects: { name: "suspects", silent: null },
  imageId: { name: "image", silent: null },
};

/** Chromium refuses more than some 200 changes of the address in half a minute, and a dragged slider makes hundreds. */
const WRITE_MS = 150;

/** What was changed holds at once; the address follows, for sliders when they rest a moment. */
export function useStatisticsView(): [StatisticsView, ChangeView] {
  const [search, setSearch] = useSearchParams();
  const [ahead, setAhead] = useState<Partial<StatisticsView>>({});
  const latest = useRef({ ahead, setSearch });
  latest.current = { ahead: latest.current.ahead, setSearch };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    latest.current.ahead = withoutWritten(latest.current.ahead, readView(search));
    setAhead(latest.current.ahead);
  }, [search]);
  const change = useCallback<ChangeView>((parts) => {
    latest.current.ahead = { ...latest.current.ahead, ...parts };
    setAhead(latest.current.ahead);
    clearTimeout(timer.current);
    const write = () =>
      latest.current.setSearch((old) => writeView(old, latest.current.ahead), {
        replace: true,
        preventScrollReset: true,
      });
    if ("iouPercent" in parts || "scorePercent" in parts) timer.current = setTimeout(write, WRITE_MS);
    else write();
  }, []);
  const view = useMemo(() => ({ ...readView(search), ...ahead }), [search, ahead]);
  return [view, change];
}

export function judgingOf(modelId: number, view: StatisticsView): Judging {
  const { split, checkpoint, speed, iouPercent, groundTruth } = view;
  return { modelId, split, checkpoint, speed, iouPercent, groundTruth };
}

export function readView(search: URLSearchParams): StatisticsView {
  const { iouPercent } = PARAMETERS;
  return {
    split: search.get("split") === "training" ? "training" : "validation",
    checkpoint: search.get("checkpoint") === "last" ? "last" : "best",
    speed: oneOf(SPEEDS, search.get("speed")) ?? "slow",
    iouPercent: percentOf(search.get(iouPercent.name), IOU_PERCENT.lowest, IOU_PERCENT.highest) ?? iouPercent.silent,
    groundTruth: search.get("labels") === "today" ? "today" : "snapshot",
    scorePercent: percentOf(search.get("score"), 0, 100),
    label: search.get("label"),
    order: oneOf(ORDERS, search.get("order")) ?? "missed",
    filter: oneOf(FILTERS, search.get("only")) ?? "all",
    sort: search.get("sort") ?? "",
    suspects: oneOf(KINDS, search.get("suspects")),
    imageId: idOf(search.get("image") ?? "") ?? null,
  };
}

export function writeView(search: URLSearchParams, parts: Partial<StatisticsView>): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const part of Object.keys(parts) as (keyof StatisticsView)[]) {
    const { name, silent } = PARAMETERS[part];
    const value = parts[part];
    if (value === undefined || value === null || value === silent) next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}

/** The changes that the address does not have yet. */
function withoutWritten(ahead: Partial<StatisticsView>, written: StatisticsView): Partial<StatisticsView> {
  const parts = Object.entries(ahead).filter(([part, value]) => written[part as keyof StatisticsView] !== value);
  return Object.fromEntries(parts);
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | null {
  return known.find((value) => value === text) ?? null;
}

/** A percentage of the address; null for what is none, the nearest end for what lies beyond. */
function percentOf(text: string | null, lowest: number, highest: number): number | null {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? Math.min(highest, Math.max(lowest, value)) : null;
}
