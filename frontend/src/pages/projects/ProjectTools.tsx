import { ArrowDownWideNarrow } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import styles from "./ProjectsPage.module.css";
import { PROJECT_SORTS, type ProjectFilter } from "./projectFilter.ts";

interface ProjectToolsProps {
  filter: ProjectFilter;
  onFilter: (filter: ProjectFilter) => void;
}

export function ProjectTools({ filter, onFilter }: ProjectToolsProps) {
  const { t } = useTranslation("projects");
  const sortText = t(`sort.${filter.sort}`);
  return (
    <div className={styles.tools}>
      <SearchField
        label={t("search")}
        value={filter.q}
        onChange={(q) => onFilter({ ...filter, q })}
        className={styles.search}
      />
      <SegmentedControl
        label={t("view")}
        value={filter.isArchived ? "archived" : "inUse"}
        onChange={(view) => onFilter({ ...filter, isArchived: view === "archived" })}
        options={[
          { value: "inUse", text: t("inUse") },
          { value: "archived", text: t("archivedTitle") },
        ]}
      />
      <MenuButton
        aria-label={t("sort.title")}
        placement="bottom end"
        button={
          <Button kind="quiet" icon={ArrowDownWideNarrow} aria-label={t("sort.by", { sort: sortText })}>
            {sortText}
          </Button>
        }
      >
        {PROJECT_SORTS.map((sort) => (
          <MenuItem
            key={sort}
            hint={sort === filter.sort ? "✓" : undefined}
            onAction={() => onFilter({ ...filter, sort })}
          >
            {t(`sort.${sort}`)}
          </MenuItem>
        ))}
      </MenuButton>
    </div>
  );
}
