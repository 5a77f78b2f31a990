import { useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../../api/types.ts";
import { isAtLeast } from "../../../app/roles.ts";
import { IconButton } from "../../../components/Button.tsx";
import { projectDraftsQuery } from "../../batches/draftQueries.ts";
import type { GalleryFilter } from "../galleryFilter.ts";
import { ChooseValidationButton } from "../validation/ChooseValidationButton.tsx";
import { FilterGroup, FilterLink } from "./FilterGroup.tsx";

interface StateFiltersProps {
  project: Project;
  filter: GalleryFilter;
  /** Has a model draft labels. */
  onDraftLabels: () => void;
}

/** Labeled or not, which set, with drafts or without: of each, one choice with the count of all images behind it. */
export function StateFilters({ project, filter, onDraftLabels }: StateFiltersProps) {
  const { t } = useTranslation("gallery");
  const { image_count, labeled_count, validation_count } = project;
  const labeled = (value: boolean | null, text: string, count: number) => (
    <FilterLink
      filter={filter}
      change={{ labeled: value }}
      text={text}
      count={count}
      isChosen={filter.labeled === value}
    />
  );
  const validation = (value: boolean | null, text: string, count: number) => (
    <FilterLink
      filter={filter}
      change={{ validation: value }}
      text={text}
      count={count}
      isChosen={filter.validation === value}
    />
  );
  return (
    <>
      <FilterGroup title={t("labeledTitle")}>
        {labeled(null, t("all"), image_count)}
        {labeled(true, t("labeled"), labeled_count)}
        {labeled(false, t("notLabeled"), image_count - labeled_count)}
      </FilterGroup>
      <FilterGroup title={t("setTitle")} action={<ChooseValidationButton project={project} />}>
        {validation(null, t("all"), image_count)}
        {validation(false, t("training"), image_count - validation_count)}
        {validation(true, t("validation"), validation_count)}
      </FilterGroup>
      {(project.model_count > 0 || filter.drafts !== null) && <DraftFilters {...{ project, filter, onDraftLabels }} />}
    </>
  );
}

function DraftFilters({ project, filter, onDraftLabels }: StateFiltersProps) {
  const { t } = useTranslation("gallery");
  const images = useQuery(projectDraftsQuery(project.id)).data?.images ?? 0;
  const action = isAtLeast(project.role, "Developer") && (
    <IconButton size="small" icon={Sparkles} label={t("draftWithModel")} onPress={onDraftLabels} />
  );
  const choice = (drafts: boolean | null, text: string, count: number) => (
    <FilterLink filter={filter} change={{ drafts }} text={text} count={count} isChosen={filter.drafts === drafts} />
  );
  return (
    <FilterGroup title={t("draftsTitle")} action={action}>
      {choice(null, t("all"), project.image_count)}
      {choice(true, t("withDrafts"), images)}
    </FilterGroup>
  );
}
