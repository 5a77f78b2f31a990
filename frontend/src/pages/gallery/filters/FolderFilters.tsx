import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../components/format.ts";
import { SearchField } from "../../../components/SearchField.tsx";
import type { GalleryFilter } from "../galleryFilter.ts";
import styles from "./FilterGroup.module.css";
import { FilterGroup, FilterLink } from "./FilterGroup.tsx";
import { foldersQuery } from "./filterQueries.ts";
import { findFolders, folderRows } from "./folderTree.ts";

/** From so many folders on they can be searched. */
const SEARCH_FROM = 11;
/** Rows drawn; the search finds the others. */
const SHOWN_ROWS = 100;

/** The folders of the images, where there are any: a click shows what lies in one, another one shows all again. */
export function FolderFilters({ projectId, filter }: { projectId: number; filter: GalleryFilter }) {
  const { t } = useTranslation("gallery");
  const folders = useQuery(foldersQuery(projectId)).data;
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words);
  const rows = useMemo(() => folderRows(folders?.items ?? []), [folders]);
  const found = useMemo(() => findFolders(rows, wanted), [rows, wanted]);
  if (!folders || rows.length === 0) return null;
  const unread = folders.total - folders.items.length;
  return (
    <FilterGroup title={t("folders")}>
      {rows.length >= SEARCH_FROM && (
        <SearchField label={t("findFolder")} value={words} onChange={setWords} className={styles.find} />
      )}
      {found.slice(0, SHOWN_ROWS).map(({ path, name, depth, count }) => (
        <FilterLink
          key={path}
          filter={filter}
          change={{ folder: filter.folder === path ? null : path }}
          text={wanted === "" ? name : path}
          title={path}
          count={count}
          isChosen={filter.folder === path}
          depth={wanted === "" ? depth : 0}
        />
      ))}
      {found.length === 0 && <p className={styles.note}>{t("noFolder")}</p>}
      {found.length > SHOWN_ROWS && (
        <p className={styles.note}>{t("moreFolders", { count: found.length - SHOWN_ROWS })}</p>
      )}
      {unread > 0 && (
        <p className={styles.note}>
          {t("unreadFolders", { shown: formatCount(folders.items.length), total: formatCount(folders.total) })}
        </p>
      )}
    </FilterGroup>
  );
}
