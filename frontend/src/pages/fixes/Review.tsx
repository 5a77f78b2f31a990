/** Walking along a model's errors in the labeling desk: what is wrong, the prediction as a ghost, and what to do about it. */
import { useQuery } from "@tanstack/react-query";
import { Check, ChevronLeft, ChevronRight, PencilLine, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { modelQuery } from "../../api/queries.ts";
import type { Model } from "../../api/types.ts";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { Button, IconButton, LinkButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatPercent } from "../../components/format.ts";
import type { CanvasParts } from "../labeling/useDesk.ts";
import type { OpenImage } from "../labeling/work/sessionState.ts";
import { useEditor } from "../labeling/work/useEditor.ts";
import { canAccept } from "./acceptFinding.ts";
import { type Finding, type FixAction, fixesQuery } from "./fixQueries.ts";
import { Ghost } from "./Ghost.tsx";
import styles from "./Review.module.css";
import { type Walk, walkOf } from "./reviewAddress.ts";
import { type ReviewWalk, useReviewKeys, useReviewWalk } from "./useReviewWalk.ts";

interface ReviewProps {
  projectId: number;
  /** Perhaps still the image before that of the address. */
  open: OpenImage;
  canvas: CanvasParts;
  colorOf: (label: string) => string;
}

/** Nothing, unless the address says whose errors are reviewed. */
export function Review(props: ReviewProps) {
  const [search] = useSearchParams();
  const walk = walkOf(search);
  const model = useQuery({ ...modelQuery(walk?.modelId ?? 0), enabled: walk !== null }).data;
  return walk && model ? <Card {...props} walk={walk} model={model} /> : null;
}

function Card({ projectId, open, canvas, colorOf, walk, model }: ReviewProps & { walk: Walk; model: Model }) {
  const { t } = useTranslation("fixes");
  const review = useReviewWalk({ projectId, open, canvas, walk, modelName: model.name });
  const { finding, place, total, error } = review;
  useReviewKeys(review);
  return (
    <>
      {finding && finding.kind !== "missed" && review.action === null && finding.image_id === open.image.id && (
        <Ghost finding={finding} view={canvas.view} color={colorOf(finding.suggested_label ?? "")} />
      )}
      <section className={styles.card} aria-label={t("title")}>
        <header className={styles.head}>
          <h2>{t("of", { model: model.name })}</h2>
          <IconButton size="small" icon={ChevronLeft} label={t("previous")} hint="<" onPress={review.previous} />
          <span className={styles.place} role="status">
            {finding ? t("place", { place, total }) : t("total", { count: total })}
          </span>
          <IconButton size="small" icon={ChevronRight} label={t("next")} hint=">" onPress={review.next} />
        </header>
        <ErrorMessage error={error} />
        {finding ? <Choices finding={finding} review={review} open={open} /> : <p>{t("notHere")}</p>}
        <Retraining projectId={projectId} modelId={walk.modelId} />
      </section>
    </>
  );
}

interface ChoicesProps {
  finding: Finding;
  review: ReviewWalk;
  open: OpenImage;
}

function Choices({ finding, review, open }: ChoicesProps) {
  const { t } = useTranslation("fixes");
  useEditor(open.editor, "document");
  const { action, isReady } = review;
  const words = {
    label: finding.label ?? "",
    suggested: finding.suggested_label ?? "",
    score: formatPercent(finding.score, 0),
    iou: formatPercent(finding.iou, 0),
  };
  return (
    <>
      <p className={styles.saying}>{t(`saying.${finding.kind}`, words)}</p>
      {action !== null && <p className={styles.done}>{t(`done.${action}`)}</p>}
      <div className={styles.choices}>
        <Button
          kind="primary"
          size="small"
          icon={Check}
          isDisabled={!isReady || !canAccept(open.editor, finding)}
          onPress={review.accept}
        >
          {t(`accept.${finding.kind}`, words)} <kbd>Y</kbd>
        </Button>
        <Button size="small" icon={PencilLine} isDisabled={!isReady} onPress={review.keepOwn}>
          {t("fixed")} <kbd>K</kbd>
        </Button>
        <Button size="small" icon={X} isDisabled={!isReady} onPress={review.dismiss}>
          {t("dismiss")} <kbd>D</kbd>
        </Button>
      </div>
    </>
  );
}

const CHANGES: readonly FixAction[] = ["accepted", "fixed"];

/** What was done so far, and the training that learns from it. */
function Retraining({ projectId, modelId }: { projectId: number; modelId: number }) {
  const { t } = useTranslation("fixes");
  const counts = useQuery(fixesQuery(modelId)).data?.counts;
  const isDeveloper = useIsDeveloper(projectId);
  if (!counts) return null;
  const changed = CHANGES.reduce((sum, action) => sum + counts[action], 0);
  return (
    <footer className={styles.foot}>
      <p role="status">{t("counts", counts)}</p>
      {changed > 0 && isDeveloper && (
        <LinkButton size="small" to={`/projects/${projectId}/train?from=${modelId}`}>
          {t("retrain", { count: changed })}
        </LinkButton>
      )}
    </footer>
  );
}
