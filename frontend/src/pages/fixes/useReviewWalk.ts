import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError } from "../../api/client.ts";
import { idOf } from "../../app/currentProject.ts";
import { typedKey } from "../../app/typedKey.ts";
import { showToast } from "../../components/toasts.ts";
import { intersectBoxes, isEmptyBox } from "../../geometry/box.ts";
import type { Box } from "../../geometry/types.ts";
import type { Stage } from "../../render/stage.ts";
import { toScreen } from "../../render/view.ts";
import type { CanvasParts } from "../labeling/useDesk.ts";
import type { OpenImage } from "../labeling/work/sessionState.ts";
import { acceptFinding, canAccept } from "./acceptFinding.ts";
import { decide, type Finding, type FixAction, findingsQuery, fixesQuery } from "./fixQueries.ts";
import { reviewAddress, type Walk } from "./reviewAddress.ts";

export interface ReviewWalk {
  /** Null on an image without one. */
  readonly finding: Finding | null;
  /** From 1. */
  readonly place: number;
  readonly total: number;
  /** What was done about it before. */
  readonly action: FixAction | null;
  /** Its image is on the canvas, and nothing is being saved. */
  readonly isReady: boolean;
  readonly error: Error | null;
  readonly next: () => void;
  readonly previous: () => void;
  readonly accept: () => void;
  readonly keepOwn: () => void;
  readonly dismiss: () => void;
}

interface WalkOptions {
  projectId: number;
  /** Perhaps still the image before that of the address. */
  open: OpenImage;
  canvas: CanvasParts;
  walk: Walk;
  modelName: string;
}

const NONE: readonly Finding[] = [];

/** The finding at hand, the ways to others, and what can be done about it. */
export function useReviewWalk({ projectId, open, canvas, walk, modelName }: WalkOptions): ReviewWalk {
  const { t } = useTranslation("fixes");
  const { editor, autosave, image } = open;
  const { findings, finding, actionOf, error, go, beside } = useFindings(projectId, walk);
  const isHere = finding !== null && finding.image_id === image.id;
  const queryClient = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const revisionBefore = useRef(autosave.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is saved from here on may be the fix of this finding
  useEffect(() => {
    revisionBefore.current = autosave.revision;
  }, [finding?.key, autosave]);
  useEffect(() => {
    if (!finding || !isHere) return;
    if (finding.instance_id !== null && editor.document.get(finding.instance_id)) editor.choose(finding.instance_id);
    if (canvas.stage.current) bringOut(canvas.stage.current, finding);
  }, [finding, isHere, editor, canvas.stage]);

  const isReady = isHere && !isBusy;
  const toNext = () => {
    const at = finding ? findings.indexOf(finding) + 1 : 0;
    const order = [...findings.slice(at), ...findings.slice(0, at)];
    const next = order.find((one) => actionOf(one) === null && one !== finding);
    if (next) go(next);
    else showToast(t("allDone"));
  };
  const keep = async (action: FixAction, instanceId: string | null) => {
    if (!finding || !isReady) return;
    setIsBusy(true);
    try {
      await autosave.flush();
      const { revision } = autosave;
      if (action !== "dismissed" && !autosave.isSaved) return void showToast(t("notSaved"), { kind: "error" });
      if (action === "fixed" && revision === revisionBefore.current) return void showToast(t("unchanged"));
      await decide(walk.modelId, { finding, action, instanceId, revision: action === "dismissed" ? null : revision });
      await queryClient.invalidateQueries({ queryKey: fixesQuery(walk.modelId).queryKey });
      toNext();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      showToast(failure.message, { kind: "error" });
    } finally {
      setIsBusy(false);
    }
  };
  return {
    finding,
    place: finding ? findings.indexOf(finding) + 1 : 0,
    total: findings.length,
    action: finding ? actionOf(finding) : null,
    isReady,
    error,
    next: () => go(beside(1)),
    previous: () => go(beside(-1)),
    accept: () => {
      if (finding && isReady && canAccept(editor, finding)) {
        void keep("accepted", acceptFinding(editor, finding, modelName));
      }
    },
    keepOwn: () => void keep("fixed", finding?.instance_id ?? editor.selectedId),
    dismiss: () => void keep("dismissed", finding?.instance_id ?? null),
  };
}

/** The address names the finding; on another image the first one there is taken. */
function useFindings(projectId: number, walk: Walk) {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  // both as they are now: with the image before, the finding of the next one would be none of its own
  const imageId = idOf(useParams().imageId);
  const query = useQuery(findingsQuery(walk.modelId, walk.split));
  const fixes = useQuery(fixesQuery(walk.modelId)).data;
  const findings = query.data?.items ?? NONE;
  const actions = new Map(fixes?.items.map(({ finding, action }) => [finding, action]));
  const actionOf = ({ key }: Finding) => actions.get(key) ?? null;
  const here = findings.filter(({ image_id }) => image_id === imageId);
  const key = search.get("finding");
  const finding = here.find((one) => one.key === key) ?? here.find((one) => actionOf(one) === null) ?? here[0] ?? null;
  /** Where we asked the address to go: until it is there, a step goes on from here. */
  const goal = useRef<Finding | null>(null);
  useEffect(() => {
    if (key === goal.current?.key) goal.current = null;
  }, [key]);
  const go = (to: Finding | undefined) => {
    if (!to) return;
    goal.current = to.key === key ? null : to;
    void navigate(reviewAddress(projectId, { ...walk, finding: to }), { replace: true });
  };
  const beside = (by: 1 | -1) => {
    const from = goal.current ?? finding;
    // on an image without one, the first or the last
    const at = from ? findings.indexOf(from) : by === 1 ? -1 : 0;
    return findings.at((at + by) % Math.max(findings.length, 1));
  };
  return { findings, finding, actionOf, error: query.error, go, beside };
}

/** CSS pixels of the canvas that the card lies over. */
const CARD: Box = { x0: 0, y0: 0, x1: 320, y1: 290 };

/** Shows where the finding is, beside the card or below it. */
function bringOut(stage: Stage, { box_xyxy: [x0, y0, x1, y1] }: Finding): void {
  stage.reveal({ x0, y0, x1, y1 });
  const [left, top] = toScreen(stage.view, [x0, y0]);
  const [right, bottom] = toScreen(stage.view, [x1, y1]);
  if (isEmptyBox(intersectBoxes(CARD, { x0: left, y0: top, x1: right, y1: bottom }))) return;
  const aside = CARD.x1 - left;
  const down = CARD.y1 - top;
  if (aside <= down && right + aside < stage.screen.width) stage.panBy(aside, 0);
  else stage.panBy(0, down);
}

const KEYS: Readonly<Record<string, "accept" | "keepOwn" | "dismiss" | "next" | "previous">> = {
  y: "accept",
  k: "keepOwn",
  d: "dismiss",
  ">": "next",
  "<": "previous",
};

/** Before the editor's own keys, which do not use these. */
export function useReviewKeys(review: ReviewWalk): void {
  const latest = useRef(review);
  latest.current = review;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = typedKey(event);
      const does = KEYS[key.toLowerCase()];
      const isElsewhere = event.target instanceof Element && event.target.closest(ELSEWHERE) !== null;
      if (!does || isElsewhere || ctrlKey || metaKey || altKey || event.isComposing) return;
      event.preventDefault();
      latest.current[does]();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

/** Where keys write, or mean something else. */
const ELSEWHERE = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]";
