/** "Trained models" in the bar: each model with its mAP, and what can be done with it. */
import { Braces, ChartColumn, ChartSpline, ChevronDown, Download, ListChecks, WandSparkles } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Model, Project } from "../../api/types.ts";
import { isAtLeast } from "../../app/roles.ts";
import { Button } from "../../components/Button.tsx";
import { MenuButton, MenuItem, MenuLine, Submenu } from "../../components/Menu.tsx";
import { DownloadModelDialog } from "../download/DownloadModelDialog.tsx";
import { useModelState } from "./useModelState.ts";
import { useModels } from "./useModels.ts";

const SHOWN = 12;

export function ModelsMenu({ project }: { project: Project }) {
  const { t } = useTranslation(["models", "train", "fixes", "batches"]);
  const navigate = useNavigate();
  const stateOf = useModelState();
  const models = useModels(project.id).data?.items ?? [];
  const mayPredict = isAtLeast(project.role, "Developer");
  const [downloaded, setDownloaded] = useState<Model | null>(null);
  return (
    <>
      <MenuButton
        aria-label={t("title")}
        button={
          <Button kind="quiet" iconAfter={ChevronDown}>
            {t("title")}
          </Button>
        }
      >
        {models.slice(0, SHOWN).map((model) => (
          <Submenu
            key={model.id}
            aria-label={model.name}
            item={
              <MenuItem textValue={model.name} hint={stateOf(model)}>
                {model.name}
              </MenuItem>
            }
          >
            <MenuItem
              icon={ChartColumn}
              onAction={() => navigate(`/models/${model.id}/statistics`)}
              isDisabled={model.status !== "ready"}
            >
              {t("viewStatistics")}
            </MenuItem>
            <MenuItem
              icon={ListChecks}
              onAction={() => navigate(`/models/${model.id}/review`)}
              isDisabled={model.status !== "ready"}
            >
              {t("fixes:title")}
            </MenuItem>
            {mayPredict && (
              <MenuItem
                icon={WandSparkles}
                onAction={() => navigate(`/models/${model.id}/predict`)}
                isDisabled={model.status !== "ready"}
              >
                {t("newPrediction")}
              </MenuItem>
            )}
            {mayPredict && (
              <MenuItem icon={Download} onAction={() => setDownloaded(model)} isDisabled={model.status !== "ready"}>
                {t("downloadModel")}
              </MenuItem>
            )}
            <MenuItem icon={ChartSpline} onAction={() => navigate(`/models/${model.id}`)}>
              {t("modelInfo")}
            </MenuItem>
            <MenuItem icon={Braces} onAction={() => navigate(`/models/${model.id}/api`)}>
              {t("api")}
            </MenuItem>
          </Submenu>
        ))}
        {models.length === 0 && <MenuItem isDisabled>{t("none")}</MenuItem>}
        <MenuLine />
        <MenuItem onAction={() => navigate(`/projects/${project.id}/models`)}>{t("all")}</MenuItem>
        <MenuItem onAction={() => navigate(`/projects/${project.id}/batches`)}>{t("batches:title")}</MenuItem>
        <MenuItem onAction={() => navigate("/queue")}>{t("train:queue")}</MenuItem>
      </MenuButton>
      {downloaded && <DownloadModelDialog model={downloaded} onClose={() => setDownloaded(null)} />}
    </>
  );
}
