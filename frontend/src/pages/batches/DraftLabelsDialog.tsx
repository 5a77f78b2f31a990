/** "Draft labels with a model": which model looks at which images, and what becomes of what it finds. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { modelsQuery } from "../../api/queries.ts";
import type { Project } from "../../api/types.ts";
import { Button, LinkButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatMap } from "../../components/format.ts";
import { Select } from "../../components/Select.tsx";
import { type GalleryFilter, isFiltered, queryOf } from "../gallery/galleryFilter.ts";
import { startOverFilter, startOverImages } from "./batchQueries.ts";
import { LeastScore } from "./LeastScore.tsx";

interface DraftLabelsDialogProps {
  project: Project;
  /** Of the gallery. */
  filter: GalleryFilter;
  /** How many images the filter shows. */
  shownCount: number;
  selected: readonly number[];
  onClose: () => void;
}

type Choice = "selected" | "shown" | "unlabeled" | "all";

export function DraftLabelsDialog({ project, filter, shownCount, selected, onClose }: DraftLabelsDialogProps) {
  const { t } = useTranslation(["batches", "common", "models"]);
  const navigate = useNavigate();
  const models = useQuery(modelsQuery(project.id));
  const ready = models.data?.items.filter(({ status }) => status === "ready") ?? [];
  const [chosenModel, setChosenModel] = useState<string | null>(null);
  const model = ready.find(({ id }) => String(id) === chosenModel) ?? ready[0];
  const counts = countsOf(project, { selected: selected.length, shown: isFiltered(filter) ? shownCount : 0 });
  const choices = (Object.keys(counts) as Choice[]).filter((choice) => counts[choice] > 0);
  const [chosen, setChosen] = useState<Choice | null>(null);
  const choice = chosen ?? choices[0] ?? "all";
  const [minScore, setMinScore] = useState<number | null>(null);
  const start = useMutation({
    mutationFn: (modelId: number) => {
      const drafts = { min_score: minScore };
      if (choice === "selected") return startOverImages(modelId, selected, drafts);
      const wanted = choice === "shown" ? queryOf(filter) : choice === "unlabeled" ? UNLABELED : {};
      return startOverFilter(modelId, wanted, drafts);
    },
    onSuccess: ({ id }) => navigate(`/batches/${id}`),
  });
  if (models.data && ready.length === 0) {
    return (
      <Dialog
        isOpen
        onClose={onClose}
        size="small"
        title={t("batches:draft.title")}
        footer={
          <LinkButton kind="primary" to={`/projects/${project.id}/train`}>
            {t("models:train")}
          </LinkButton>
        }
      >
        <p>{t("batches:draft.noModel")}</p>
      </Dialog>
    );
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t("batches:draft.title")}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            isDisabled={model === undefined || counts[choice] === 0}
            isPending={start.isPending}
            onPress={() => model && start.mutate(model.id)}
          >
            {t("batches:draft.start")}
          </Button>
        </>
      }
    >
      <Select
        label={t("batches:model")}
        value={String(model?.id ?? "")}
        onChange={setChosenModel}
        options={ready.map(({ id, name, best }) => ({
          value: String(id),
          text: name,
          note: `mAP ${formatMap(best?.map)}`,
        }))}
      />
      <Select<Choice>
        label={t("batches:images")}
        value={choice}
        onChange={setChosen}
        options={choices.map((value) => ({
          value,
          text: t(`batches:draft.${value}`),
          note: formatCount(counts[value]),
        }))}
      />
      <LeastScore value={minScore} onChange={setMinScore} />
      <p>{t("batches:draft.plan", { count: counts[choice] })}</p>
      <ErrorMessage error={start.error} />
    </Dialog>
  );
}

const UNLABELED = { labeled: "false" };

/** How many images each choice means; the first that means any is taken unless another is chosen. */
function countsOf(project: Project, { selected, shown }: { selected: number; shown: number }): Record<Choice, number> {
  const { image_count, labeled_count } = project;
  return { selected, shown, unlabeled: image_count - labeled_count, all: image_count };
}
