import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import { useDeferredValue, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useParams, useSearchParams } from "react-router";
import { labelsQuery } from "../../api/queries.ts";
import type { LabelClass } from "../../api/types.ts";
import { idOf } from "../../app/currentProject.ts";
import { usePageTitle } from "../../app/Page.tsx";
import { useMe } from "../../app/session.ts";
import { Button, LinkButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { LabelingDesk } from "./LabelingDesk.tsx";
import styles from "./LabelingPage.module.css";
import { type ImageRow, imageRowQuery } from "./work/imageRow.ts";
import type { LabelingSession } from "./work/labelingSession.ts";
import type { PageActions } from "./work/pageActions.ts";
import { type ImageSteps, useImageSteps } from "./work/useImageSteps.ts";
import { useKeys } from "./work/useKeys.ts";
import { useLabelingSession } from "./work/useLabelingSession.ts";
import { useLabelingTime } from "./work/useLabelingTime.ts";

/** Opens the chosen images, else the filtered ones, else all; without an image in the address, the first of them. */
export function LabelingPage() {
  const { t } = useTranslation("labeling");
  // a step's address comes after its image: the session draws that at once, and the panels follow as there is time
  const params = useDeferredValue(useParams());
  const projectId = idOf(params.projectId) ?? 0;
  const imageId = idOf(params.imageId);
  const [search] = useSearchParams();
  const row = useQuery(imageRowQuery(projectId, search));
  // on their way while the row is
  usePrefetchQuery(labelsQuery(projectId));
  usePageTitle(t("title"));
  if (row.error) return <ErrorMessage error={row.error} />;
  if (!row.data) return <div className={styles.waiting} />;
  const [first] = row.data.ids;
  if (imageId === undefined && first !== undefined) {
    return <Navigate to={{ pathname: `/projects/${projectId}/label/${first}`, search: search.toString() }} replace />;
  }
  if (imageId === undefined) {
    return (
      <EmptyState icon={ImageOff} title={t("noImages")} action={<BackToProject projectId={projectId} />}>
        {t("noImagesText")}
      </EmptyState>
    );
  }
  const ids = row.data.ids.includes(imageId) ? row.data.ids : [imageId, ...row.data.ids];
  return <Work key={projectId} projectId={projectId} imageId={imageId} ids={ids} kind={row.data.kind} />;
}

interface WorkProps {
  projectId: number;
  imageId: number;
  ids: readonly number[];
  kind: ImageRow["kind"];
}

const NO_LABELS: readonly LabelClass[] = [];

/** Keeps the session, opens the address's image in it, and fetches the neighbours ahead. */
function Work({ projectId, imageId, ids, kind }: WorkProps) {
  const { t } = useTranslation("labeling");
  const me = useMe();
  const labels = useQuery(labelsQuery(projectId)).data?.items;
  useLabelingTime(imageId);
  const actions = useRef<PageActions>({});
  const { session, state } = useLabelingSession({
    projectId,
    userId: me?.id ?? 0,
    labels: labels ?? NO_LABELS,
    onRequest: (action) => actions.current[action]?.(),
  });
  const isReady = labels !== undefined && me !== null;
  const steps = useImageSteps({ projectId, imageId, ids, session, isReady });
  // the neighbours only after it: they would take its time
  const isShown = state.kind === "open" && state.imageId === imageId && state.open.pyramid !== null;
  useEffect(() => {
    if (!isShown) return;
    const at = ids.indexOf(imageId);
    for (const id of [ids[at + 1], ids[at - 1]]) if (id !== undefined) session.preload(id);
  }, [session, ids, imageId, isShown]);
  const open = state.kind === "open" ? state.open : state.kind === "loading" ? state.previous : null;
  if (state.kind === "failed") {
    return <FailedImage {...{ projectId, imageId, ids, session, steps }} message={state.message} />;
  }
  if (!open || !labels) return <output className={styles.waiting} aria-label={t("loading")} />;
  return (
    // one that takes longer than a blink is seen to be on its way: what is still shown is the image that was left
    <div className={styles.work} aria-busy={open.image.id !== imageId}>
      <LabelingDesk
        projectId={projectId}
        imageId={imageId}
        ids={ids}
        kind={kind}
        labels={labels}
        session={session}
        open={open}
        steps={steps}
        actions={actions}
      />
    </div>
  );
}

interface FailedImageProps extends Omit<WorkProps, "kind"> {
  session: LabelingSession;
  steps: ImageSteps;
  message: string;
}

/** One image that is gone, or a server that is, must not end the work on the others. */
function FailedImage({ projectId, imageId, ids, session, steps, message }: FailedImageProps) {
  const { t } = useTranslation("labeling");
  useKeys(session);
  const next = ids[ids.indexOf(imageId) + 1];
  const actions = (
    <>
      <Button kind="primary" onPress={() => void session.open(imageId)}>
        {t("retry")}
      </Button>
      {next !== undefined && <Button onPress={() => steps.open(next)}>{t("action.nextImage")}</Button>}
      <BackToProject projectId={projectId} />
    </>
  );
  return (
    <EmptyState icon={ImageOff} title={t("failed")} action={actions}>
      {message}
    </EmptyState>
  );
}

function BackToProject({ projectId }: { projectId: number }) {
  const { t } = useTranslation("labeling");
  return <LinkButton to={`/projects/${projectId}`}>{t("backToProject")}</LinkButton>;
}
