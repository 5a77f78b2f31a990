import { useTranslation } from "react-i18next";
import type { Project } from "../../../api/types.ts";
import type { GalleryFilter } from "../galleryFilter.ts";
import { ChooseValidationButton } from "../validation/ChooseValidationButton.tsx";
import { FilterGroup, FilterLink } from "./FilterGroup.tsx";

/** Labeled or not, and which set: of each, one choice with the count of all images behind it. */
export function StateFilters({ project, filter }: { project: Project; filter: GalleryFilter }) {
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
    </>
  );
}
