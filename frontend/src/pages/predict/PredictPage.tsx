/** "Make a new prediction": images from this computer or the project, the model's objects drawn over them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Braces, History, ImageUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api } from "../../api/client.ts";
import { modelsQuery } from "../../api/queries.ts";
import { type Checkpoint, type ImageItem, type Model, SPEEDS, type Speed } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { usePageTitle } from "../../app/Page.tsx";
import { useLabelColors } from "../../app/useLabelColors.ts";
import { LinkButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatMap } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { showToast } from "../../components/toasts.ts";
import type { BatchSettings } from "../batches/batchQueries.ts";
import type { NamedFile } from "../gallery/upload/uploadQueue.ts";
import { useModel } from "../models/useModels.ts";
import { PictureList } from "./PictureList.tsx";
import { type CutControl, PredictionDesk } from "./PredictionDesk.tsx";
import { type Cut, predictPath } from "./predictions.ts";
import { ResultDownloads } from "./ResultDownloads.tsx";
import { SpeedChoice } from "./SpeedChoice.tsx";
import { isForBatch, sourcesOf } from "./takenFiles.ts";
import { thresholdsQuery } from "./thresholdsQuery.ts";
import { useBatchSending } from "./useBatchSending.ts";
import { type Picture, usePredictions } from "./usePredictions.ts";

export function PredictPage() {
  const { t } = useTranslation("predict");
  const modelId = useIdParam("modelId");
  const [search, setSearch] = useSearchParams();
  const model = useModel(modelId);
  const settings = settingsOf(search, model.data?.default_speed);
  const projectId = model.data?.project_id ?? 0;
  const isReady = model.data?.status === "ready";
  const path = model.data && isReady ? predictPath(projectId, model.data.name, settings.checkpoint) : null;
  const { pictures, add, predictAgain } = usePredictions(path, settings.speed);
  const [shownId, setShownId] = useState<number | null>(null);
  const control = useCut(modelId, settings, isReady);
  const colorOf = useLabelColors(model.data?.project_id);
  const sending = useBatchSending(modelId, settings);
  usePageTitle(model.data ? t("titleOf", { name: model.data.name }) : t("title"));
  useProjectImages(search.get("images"), add);
  const take = useTaking(sending.start, add);
  const shown = pictures.find((picture) => picture.id === shownId) ?? pictures[0] ?? null;
  const change = (changed: Partial<BatchSettings>) =>
    setSearch((old) => new URLSearchParams({ ...Object.fromEntries(old), ...changed }), { replace: true });

  return (
    <PredictionDesk
      left={<PictureList {...{ pictures, shown, sending }} cut={control.cut} onShow={setShownId} onFiles={take} />}
      picture={shown && { ...shown, isDone: shown.state === "done" }}
      onRetry={() => shown && predictAgain(shown.id)}
      state={(shown?.state === "running" || shown?.state === "stalled") && t(shown.state)}
      actions={
        <LinkButton icon={Braces} size="small" to={`/models/${modelId}/api`}>
          {t("api")}
        </LinkButton>
      }
      empty={
        <div>
          <ErrorMessage error={model.error} />
          {model.data && !isReady && <ErrorMessage error={t("notReady", { name: model.data.name })} />}
          <EmptyState
            icon={ImageUp}
            title={t("emptyTitle")}
            action={
              <LinkButton icon={History} to={`/projects/${projectId}/batches?model=${modelId}`}>
                {t("earlier")}
              </LinkButton>
            }
          >
            {t("emptyText")}
          </EmptyState>
        </div>
      }
      model={<ModelChoice {...{ modelId, settings, search }} model={model.data} onChange={change} />}
      cut={control}
      colorOf={colorOf}
      downloads={<ResultDownloads path={path} speed={settings.speed} pictures={pictures} cut={control.cut} />}
    />
  );
}

interface ModelChoiceProps {
  modelId: number;
  model: Model | undefined;
  settings: BatchSettings;
  search: URLSearchParams;
  onChange: (changed: Partial<BatchSettings>) => void;
}

/** Which model, its best or last state, and how fast, where there is a choice. */
function ModelChoice({ modelId, model, settings, search, onChange }: ModelChoiceProps) {
  const { t } = useTranslation("predict");
  const navigate = useNavigate();
  const projectId = model?.project_id ?? 0;
  const models = useQuery({ ...modelsQuery(projectId), enabled: projectId > 0 });
  const ready = models.data?.items.filter((item) => item.status === "ready") ?? [];
  return (
    <>
      <Select
        label={t("model")}
        hideLabel
        value={String(modelId)}
        onChange={(id) => navigate(`/models/${id}/predict?${search}`)}
        options={(ready.length > 0 || !model ? ready : [model]).map((item) => ({
          value: String(item.id),
          text: item.name,
          note: `mAP ${formatMap(item.best?.map)}`,
        }))}
      />
      <SegmentedControl<Checkpoint>
        label={t("checkpoint")}
        value={settings.checkpoint}
        onChange={(checkpoint) => onChange({ checkpoint })}
        options={[
          { value: "best", text: t("best") },
          { value: "last", text: t("last") },
        ]}
      />
      <SpeedChoice model={model} speed={settings.speed} onChange={(speed) => onChange({ speed })} />
    </>
  );
}

/** The model's thresholds until the person moves the slider; another checkpoint or speed begins with its own again. */
function useCut(modelId: number, { checkpoint, speed }: BatchSettings, isReady: boolean): CutControl {
  const client = useQueryClient();
  const query = thresholdsQuery(modelId, checkpoint, speed);
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
      query: { checkpoint, speed },
    });
    client.setQueryData(query.queryKey, answer);
    setOwn(null);
  };
  return { cut, setCut: setOwn, modelThresholds, setAll };
}

/** A few files are predicted here, many by a worker. */
function useTaking(startBatch: (files: readonly NamedFile[]) => void, add: (sources: Picture["source"][]) => void) {
  const latest = useRef(startBatch);
  latest.current = startBatch;
  return useCallback(
    (files: readonly NamedFile[]) => {
      if (isForBatch(files)) latest.current(files);
      else add(sourcesOf(files));
    },
    [add],
  );
}

/** `?images=12,13`: images of the project, as the gallery's Predict asks for them. */
function useProjectImages(ids: string | null, add: ReturnType<typeof usePredictions>["add"]): void {
  const added = useRef<string | null>(null);
  const addOnce = useCallback(async () => {
    if (ids === null || added.current === ids) return;
    added.current = ids;
    const asked = await Promise.allSettled(ids.split(",").map((id) => api.get<ImageItem>(`/api/v1/images/${id}`)));
    const failure = asked.find((one) => one.status === "rejected");
    if (failure) showToast(failure.reason.message, { kind: "error" });
    const images = asked.filter((one) => one.status === "fulfilled").map(({ value }) => value);
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

function settingsOf(search: URLSearchParams, usual: Speed = "slow"): BatchSettings {
  const speed = SPEEDS.find((known) => known === search.get("speed")) ?? usual;
  return { checkpoint: search.get("checkpoint") === "last" ? "last" : "best", speed };
}
