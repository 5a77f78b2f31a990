/** "Make a new prediction": images from this computer or the project, the model's objects drawn over them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Braces, ImageUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "../../api/client.ts";
import { modelQuery, modelsQuery } from "../../api/queries.ts";
import type { Checkpoint, ImageItem } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { usePageTitle } from "../../app/Page.tsx";
import { useLabelColors } from "../../app/useLabelColors.ts";
import { LinkButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatMap } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { PictureList } from "./PictureList.tsx";
import { PredictedImage } from "./PredictedImage.tsx";
import { PredictionList } from "./PredictionList.tsx";
import styles from "./PredictPage.module.css";
import { type Cut, isKept, type PredictedObject, predictPath } from "./predictions.ts";
import { ResultDownloads } from "./ResultDownloads.tsx";
import { ThresholdPanel } from "./ThresholdPanel.tsx";
import { thresholdsQuery } from "./thresholdsQuery.ts";
import { usePredictions } from "./usePredictions.ts";

export function PredictPage() {
  const { t } = useTranslation("predict");
  const modelId = useIdParam("modelId");
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const checkpoint: Checkpoint = search.get("checkpoint") === "last" ? "last" : "best";
  const model = useQuery(modelQuery(modelId));
  const projectId = model.data?.project_id ?? 0;
  const models = useQuery({ ...modelsQuery(projectId), enabled: projectId > 0 });
  const ready = models.data?.items.filter((item) => item.status === "ready") ?? [];
  const isReady = model.data?.status === "ready";
  const path = model.data && isReady ? predictPath(projectId, model.data.name, checkpoint) : null;
  const { pictures, add } = usePredictions(path);
  const [shownId, setShownId] = useState<number | null>(null);
  const [chosen, setChosen] = useState<PredictedObject | null>(null);
  const { cut, setCut, modelThresholds, setAll } = useCut(modelId, checkpoint, isReady);
  const colorOf = useLabelColors(model.data?.project_id);
  usePageTitle(model.data ? t("titleOf", { name: model.data.name }) : t("title"));
  useProjectImages(search.get("images"), add);

  const shown = pictures.find((picture) => picture.id === shownId) ?? pictures[0];
  const kept = useMemo(() => shown?.objects.filter((object) => isKept(object, cut)) ?? [], [shown, cut]);

  return (
    <main className={styles.page}>
      <aside className={styles.left}>
        <PictureList pictures={pictures} shown={shown ?? null} cut={cut} onShow={setShownId} onAdd={add} />
      </aside>
      <section className={styles.middle}>
        {shown && (
          <header className={styles.header}>
            <h1 className={styles.name}>{shown.name}</h1>
            {shown.state === "running" && <span className={styles.state}>{t("running")}</span>}
            <span className={styles.space} />
            <LinkButton icon={Braces} size="small" to={`/models/${modelId}/api`}>
              {t("api")}
            </LinkButton>
          </header>
        )}
        <ErrorMessage error={model.error ?? shown?.error} />
        {model.data && !isReady && <ErrorMessage error={t("notReady", { name: model.data.name })} />}
        {shown?.url ? (
          <PredictedImage
            url={shown.url}
            name={shown.name}
            objects={kept}
            colorOf={colorOf}
            chosen={chosen}
            onChoose={setChosen}
          />
        ) : (
          <div className={styles.empty}>
            <EmptyState icon={ImageUp} title={t("emptyTitle")}>
              {t("emptyText")}
            </EmptyState>
          </div>
        )}
      </section>
      <aside className={styles.right}>
        <div className={styles.model}>
          <Select
            label={t("model")}
            hideLabel
            value={String(modelId)}
            onChange={(id) => navigate(`/models/${id}/predict?${search}`)}
            options={(ready.length > 0 || !model.data ? ready : [model.data]).map((item) => ({
              value: String(item.id),
              text: item.name,
              note: `mAP ${formatMap(item.best?.map)}`,
            }))}
          />
          <SegmentedControl<Checkpoint>
            label={t("checkpoint")}
            value={checkpoint}
            onChange={(value) => setSearch((old) => withCheckpoint(old, value), { replace: true })}
            options={[
              { value: "best", text: t("best") },
              { value: "last", text: t("last") },
            ]}
          />
        </div>
        <ThresholdPanel
          modelThresholds={modelThresholds}
          cut={cut}
          onChange={setCut}
          onSetAll={setAll}
          objects={shown?.objects ?? []}
          colorOf={colorOf}
        />
        {shown?.state === "done" ? (
          <PredictionList objects={shown.objects} cut={cut} colorOf={colorOf} chosen={chosen} onChoose={setChosen} />
        ) : (
          <div />
        )}
        <ResultDownloads path={path} pictures={pictures} cut={cut} />
      </aside>
    </main>
  );
}

/** The model's thresholds until the person moves the slider; another checkpoint begins with its own again. */
function useCut(modelId: number, checkpoint: Checkpoint, isReady: boolean) {
  const client = useQueryClient();
  const query = thresholdsQuery(modelId, checkpoint);
  const stored = useQuery({ ...query, enabled: isReady });
  const [own, setOwn] = useState<Cut | null>(null);
  const modelThresholds = useMemo(() => stored.data?.values ?? {}, [stored.data]);
  const cut = useMemo<Cut>(
    () => (own?.kind === "all" ? own : { kind: "model", thresholds: modelThresholds }),
    [own, modelThresholds],
  );
  const setAll = async (score: number) => {
    const body = { optimized: false, all: score / 100 };
    const answer = await api.put<typeof stored.data>(`/api/v1/models/${modelId}/thresholds`, body, {
      query: { checkpoint },
    });
    client.setQueryData(query.queryKey, answer);
    setOwn(null);
  };
  return { cut, setCut: setOwn, modelThresholds, setAll };
}

/** `?images=12,13`: images of the project, as the gallery's Predict asks for them. */
function useProjectImages(ids: string | null, add: ReturnType<typeof usePredictions>["add"]): void {
  const added = useRef<string | null>(null);
  const addOnce = useCallback(async () => {
    if (ids === null || added.current === ids) return;
    added.current = ids;
    const images = await Promise.all(ids.split(",").map((id) => api.get<ImageItem>(`/api/v1/images/${id}`)));
    add(
      images.map(({ id, name }) => ({
        name,
        load: () => api.get<Blob>(`/api/v1/images/${id}/file`),
        shownAt: `/api/v1/images/${id}/display`,
      })),
    );
  }, [ids, add]);
  useEffect(() => void addOnce(), [addOnce]);
}

function withCheckpoint(search: URLSearchParams, checkpoint: Checkpoint): URLSearchParams {
  const next = new URLSearchParams(search);
  next.set("checkpoint", checkpoint);
  return next;
}
