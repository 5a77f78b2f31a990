/** All models of a project in a table; some of them can be marked and compared. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BrainCircuit, Download, Scale, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "../../api/client.ts";
import type { Model } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { Button, IconButton, LinkButton } from "../../components/Button.tsx";
import { Checkbox } from "../../components/Checkbox.tsx";
import { DeleteByNameDialog } from "../../components/DeleteByNameDialog.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatDuration, formatMap, formatTimeLeft } from "../../components/format.ts";
import { actionsCell, LabeledCell, numberCell, Table } from "../../components/Table.tsx";
import { DownloadModelDialog } from "../download/DownloadModelDialog.tsx";
import { isActive } from "../train/trainingQueries.ts";
import styles from "./ModelsPage.module.css";
import { useModels } from "./useModels.ts";

/** More curves than that nobody tells apart: the server compares no more. */
const MOST_COMPARED = 6;

export function ModelsPage() {
  const { t } = useTranslation("models");
  const projectId = useIdParam("projectId");
  const navigate = useNavigate();
  const models = useModels(projectId);
  const mayTrain = useIsDeveloper(projectId);
  const [leaving, setLeaving] = useState<Model | null>(null);
  const [downloaded, setDownloaded] = useState<Model | null>(null);
  const [marked, setMarked] = useState<readonly number[]>([]);
  const mark = (id: number, isMarked: boolean) =>
    setMarked((old) => (isMarked ? [...old, id] : old.filter((other) => other !== id)));
  return (
    <Page
      title={t("title")}
      actions={
        <>
          <Button
            icon={Scale}
            isDisabled={marked.length < 2}
            onPress={() => navigate(`/projects/${projectId}/compare?models=${marked.join(",")}`)}
          >
            {t("compare")}
          </Button>
          {mayTrain && (
            <LinkButton kind="primary" to={`/projects/${projectId}/train`}>
              {t("train")}
            </LinkButton>
          )}
        </>
      }
    >
      <ErrorMessage error={models.error} onRetry={() => void models.refetch()} />
      {models.data?.items.length === 0 && (
        <EmptyState icon={BrainCircuit} title={t("none")}>
          {t("noneText")}
        </EmptyState>
      )}
      {models.data && models.data.items.length > 0 && (
        <Table label={t("title")} isStackedOnPhone>
          <thead>
            <tr>
              <th>{t("name")}</th>
              <th>{t("size")}</th>
              <th>{t("state")}</th>
              <th className={numberCell}>mAP</th>
              <th className={numberCell}>AP50</th>
              <th className={numberCell}>{t("trained")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {models.data.items.map((model) => (
              <tr key={model.id} onDoubleClick={() => navigate(`/models/${model.id}`)}>
                <td>
                  <span className={styles.name}>
                    <Checkbox
                      aria-label={t("markModel", { name: model.name })}
                      isSelected={marked.includes(model.id)}
                      isDisabled={
                        model.status !== "ready" || (marked.length >= MOST_COMPARED && !marked.includes(model.id))
                      }
                      onChange={(isMarked) => mark(model.id, isMarked)}
                    />
                    <Link to={`/models/${model.id}`}>{model.name}</Link>
                  </span>
                </td>
                <LabeledCell label={t("size")}>{t(model.size)}</LabeledCell>
                <LabeledCell label={t("state")}>
                  {t(model.status)}
                  {model.status === "training" && model.eta_s !== null && `, ${formatTimeLeft(model.eta_s)}`}
                </LabeledCell>
                <LabeledCell label="mAP" className={numberCell}>
                  {formatMap(model.best?.map)}
                </LabeledCell>
                <LabeledCell label="AP50" className={numberCell}>
                  {formatMap(model.best?.ap50)}
                </LabeledCell>
                <LabeledCell label={t("trained")} className={numberCell}>
                  {formatDuration(model.elapsed_s)}
                </LabeledCell>
                <td className={actionsCell}>
                  {mayTrain && (
                    <>
                      <IconButton
                        size="small"
                        icon={Download}
                        label={t("downloadNamed", { name: model.name })}
                        isDisabled={model.status !== "ready"}
                        onPress={() => setDownloaded(model)}
                      />
                      <IconButton
                        size="small"
                        icon={Trash2}
                        label={t("deleteModel", { name: model.name })}
                        isDisabled={isActive(model)}
                        onPress={() => setLeaving(model)}
                      />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {downloaded && <DownloadModelDialog model={downloaded} onClose={() => setDownloaded(null)} />}
      {leaving && <DeleteDialog model={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

function DeleteDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useTranslation("models");
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/api/v1/models/${model.id}`),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ["models", model.id] });
      await client.invalidateQueries({ queryKey: ["projects", model.project_id] });
      onClose();
    },
  });
  return (
    <DeleteByNameDialog
      title={t("deleteModel", { name: model.name })}
      name={model.name}
      action={t("delete")}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={remove.mutate}
      onClose={onClose}
    >
      {t("deleteText")}
    </DeleteByNameDialog>
  );
}
