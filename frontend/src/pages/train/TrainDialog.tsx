/** "Train model" over the gallery: `?like=7` trains again as model 7 was, `?from=7` goes on from it. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { modelQuery, projectQuery } from "../../api/queries.ts";
import { idOf, useIdParam } from "../../app/currentProject.ts";
import { isAtLeast } from "../../app/roles.ts";
import { useGoBack } from "../../app/useGoBack.ts";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { useModels } from "../models/useModels.ts";
import type { Earlier } from "./choice.ts";
import { TrainForm } from "./TrainForm.tsx";
import { defaultsQuery } from "./trainingQueries.ts";

export function TrainDialog() {
  const { t } = useTranslation("train");
  const projectId = useIdParam("projectId");
  const [search] = useSearchParams();
  const way: Earlier["way"] = search.has("like") ? "like" : "further";
  const earlierId = idOf(search.get("like") ?? search.get("from") ?? undefined);
  const role = useQuery(projectQuery(projectId)).data?.role;
  const mayTrain = isAtLeast(role, "Developer");
  const defaults = useQuery(defaultsQuery(projectId));
  const models = useModels(projectId);
  const earlier = useQuery({ ...modelQuery(earlierId ?? 0), enabled: earlierId !== undefined });
  const close = useGoBack(`/projects/${projectId}`);
  const failed = [defaults, models, earlier].find((query) => query.isError);
  const isComplete = defaults.data && models.data && (earlierId === undefined || earlier.data);
  return (
    <Dialog isOpen onClose={close} title={t("title")} subtitle={t("kind")}>
      <ErrorMessage error={failed?.error} onRetry={() => void failed?.refetch()} />
      {role !== undefined && !mayTrain && <p>{t("refused")}</p>}
      {!failed && (role === undefined || (mayTrain && !isComplete)) && <Skeleton height={320} />}
      {mayTrain && defaults.data && models.data && isComplete && (
        <TrainForm
          projectId={projectId}
          defaults={defaults.data}
          models={models.data.items}
          earlier={earlier.data && { way, model: earlier.data }}
          onClose={close}
        />
      )}
    </Dialog>
  );
}
