import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../app/session.ts";
import { DayField } from "../../../components/DayField.tsx";
import type { GalleryFilter } from "../galleryFilter.ts";
import styles from "./FilterGroup.module.css";
import { FilterGroup, FilterLink } from "./FilterGroup.tsx";
import { uploadersQuery } from "./filterQueries.ts";
import { daysAgo } from "./uploadDays.ts";

interface UploadFiltersProps {
  projectId: number;
  filter: GalleryFilter;
  onFilter: (filter: GalleryFilter) => void;
}

/** Who uploaded, where that was more than one, and when. */
export function UploadFilters({ projectId, filter, onFilter }: UploadFiltersProps) {
  return (
    <>
      <Uploaders projectId={projectId} filter={filter} />
      <UploadDays filter={filter} onFilter={onFilter} />
    </>
  );
}

function Uploaders({ projectId, filter }: { projectId: number; filter: GalleryFilter }) {
  const { t } = useTranslation("gallery");
  const me = useMe();
  const uploaders = useQuery(uploadersQuery(projectId)).data?.items ?? [];
  if (uploaders.length < 2) return null;
  return (
    <FilterGroup title={t("uploadedBy")}>
      {uploaders.map(({ user_id, name, email, image_count }) => {
        const id = String(user_id);
        const isChosen = filter.uploadedBy === id || (filter.uploadedBy === "me" && user_id === me?.id);
        return (
          <FilterLink
            key={id}
            filter={filter}
            change={{ uploadedBy: isChosen ? null : id }}
            text={name || email}
            title={email}
            count={image_count}
            isChosen={isChosen}
          />
        );
      })}
    </FilterGroup>
  );
}

const WEEK_DAYS = 7;

function UploadDays({ filter, onFilter }: Omit<UploadFiltersProps, "projectId">) {
  const { t } = useTranslation("gallery");
  const { uploadedAfter, uploadedBefore } = filter;
  const since = (day: string, text: string) => {
    const isChosen = uploadedAfter === day && uploadedBefore === null;
    const change = { uploadedAfter: isChosen ? null : day, uploadedBefore: null };
    return <FilterLink filter={filter} change={change} text={text} isChosen={isChosen} />;
  };
  return (
    <FilterGroup title={t("uploaded")}>
      {since(daysAgo(0), t("today"))}
      {since(daysAgo(WEEK_DAYS - 1), t("lastDays", { count: WEEK_DAYS }))}
      <div className={styles.days}>
        <DayField label={t("from")} day={uploadedAfter} onDay={(day) => onFilter({ ...filter, uploadedAfter: day })} />
        <DayField label={t("to")} day={uploadedBefore} onDay={(day) => onFilter({ ...filter, uploadedBefore: day })} />
      </div>
    </FilterGroup>
  );
}
