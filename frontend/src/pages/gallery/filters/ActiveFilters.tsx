import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { type GalleryFilter, isFiltered, withoutFilter } from "../galleryFilter.ts";
import styles from "./ActiveFilters.module.css";
import { uploadersQuery } from "./filterQueries.ts";
import { formatDay } from "./uploadDays.ts";

interface ActiveFiltersProps {
  projectId: number;
  filter: GalleryFilter;
  onFilter: (filter: GalleryFilter) => void;
}

/** What narrows the list, above it: each can be taken away alone, or all at once. */
export function ActiveFilters({ projectId, filter, onFilter }: ActiveFiltersProps) {
  const { t } = useTranslation("gallery");
  const chips = useChips(projectId, filter);
  if (!isFiltered(filter)) return null;
  return (
    <section className={styles.row} aria-label={t("activeFilters")}>
      {chips.map(({ text, without }) => (
        <button
          key={text}
          type="button"
          className={styles.chip}
          aria-label={t("removeFilter", { filter: text })}
          onClick={() => onFilter({ ...filter, ...without })}
        >
          <span className={styles.text} title={text}>
            {text}
          </span>
          <Icon of={X} size={14} />
        </button>
      ))}
      <Button kind="quiet" size="small" onPress={() => onFilter(withoutFilter(filter))}>
        {t("clearFilters")}
      </Button>
    </section>
  );
}

interface Chip {
  text: string;
  /** The filter's part that it takes away. */
  without: Partial<GalleryFilter>;
}

function useChips(projectId: number, filter: GalleryFilter): Chip[] {
  const { t } = useTranslation("gallery");
  const uploader = useUploaderName(projectId, filter.uploadedBy);
  const { label, labeled, validation, drafts, q, folder, uploadedAfter, uploadedBefore } = filter;
  const chips: (Chip | false)[] = [
    label !== null && { text: t("chip.label", { label }), without: { label: null } },
    labeled !== null && { text: labeled ? t("labeled") : t("notLabeled"), without: { labeled: null } },
    validation !== null && {
      text: validation ? t("chip.validation") : t("chip.training"),
      without: { validation: null },
    },
    drafts !== null && { text: drafts ? t("withDrafts") : t("withoutDrafts"), without: { drafts: null } },
    q !== "" && { text: t("chip.name", { q }), without: { q: "" } },
    folder !== null && { text: t("chip.folder", { folder }), without: { folder: null } },
    uploader !== null && { text: t("chip.uploadedBy", { name: uploader }), without: { uploadedBy: null } },
    uploadedAfter !== null && {
      text: t("chip.since", { day: formatDay(uploadedAfter) }),
      without: { uploadedAfter: null },
    },
    uploadedBefore !== null && {
      text: t("chip.until", { day: formatDay(uploadedBefore) }),
      without: { uploadedBefore: null },
    },
  ];
  return chips.filter((chip) => chip !== false);
}

function useUploaderName(projectId: number, uploadedBy: string | null): string | null {
  const { t } = useTranslation("gallery");
  const uploaders = useQuery(uploadersQuery(projectId)).data?.items;
  if (uploadedBy === null) return null;
  if (uploadedBy === "me") return t("me");
  const uploader = uploaders?.find(({ user_id }) => String(user_id) === uploadedBy);
  return uploader ? uploader.name || uploader.email : t("memberNumber", { id: uploadedBy });
}
