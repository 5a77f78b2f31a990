import { ArrowDownWideNarrow, ChevronDown, Grid3x3, LayoutGrid } from "lucide-react";
import { type Ref, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { formatCount } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { Slider } from "../../components/Slider.tsx";
import { Switch } from "../../components/Switch.tsx";
import { type GalleryFilter, SORTS, type Sort } from "./galleryFilter.ts";
import { MAX_TILE_PX, MIN_TILE_PX } from "./gridLayout.ts";
import styles from "./Toolbar.module.css";

/** The list follows what is typed after so long a pause. */
const SEARCH_PAUSE_MS = 200;

/** Another filter is a step that the browser goes back by, unless it takes the place of the one before. */
export type SetFilter = (filter: GalleryFilter, options?: { replace: boolean }) => void;

export interface ViewSettings {
  showOutlines: boolean;
  onShowOutlines: (show: boolean) => void;
  tilePx: number;
  onTilePx: (px: number) => void;
}

interface ToolbarProps {
  filter: GalleryFilter;
  onFilter: SetFilter;
  total: number | null;
  selectedCount: number;
  onSelectAll: () => void;
  onSelectNone: () => void;
  view: ViewSettings;
  searchRef: Ref<HTMLInputElement>;
}

export function Toolbar(props: ToolbarProps) {
  const { filter, onFilter, total, selectedCount, onSelectAll, onSelectNone, view, searchRef } = props;
  const { t } = useTranslation("gallery");
  const isAllSelected = total !== null && total > 0 && selectedCount === total;
  return (
    <div className={styles.toolbar}>
      <NameSearch filter={filter} onFilter={onFilter} searchRef={searchRef} />
      <span className={styles.total} role="status">
        {total !== null && t("images_count", { count: total, shown: formatCount(total) })}
      </span>
      {total !== null && total > 0 && (
        <button type="button" className={styles.link} onClick={isAllSelected ? onSelectNone : onSelectAll}>
          {isAllSelected ? t("selectNone") : t("selectAll", { count: total, shown: formatCount(total) })}
        </button>
      )}
      <span className={styles.space} />
      <Switch labelFirst isSelected={view.showOutlines} onChange={view.onShowOutlines}>
        {t("outlines")}
      </Switch>
      <SortMenu sort={filter.sort} onSort={(sort) => onFilter({ ...filter, sort })} />
      <div className={styles.zoom}>
        <Icon of={Grid3x3} />
        <Slider
          label={t("tileSize")}
          hideLabel
          value={view.tilePx}
          onChange={view.onTilePx}
          minValue={MIN_TILE_PX}
          maxValue={MAX_TILE_PX}
          step={4}
          className={styles.slider ?? ""}
        />
        <Icon of={LayoutGrid} />
      </div>
    </div>
  );
}

export function SortMenu({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation("gallery");
  return (
    <MenuButton
      aria-label={t("sort.title")}
      placement="bottom end"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[sort]}
      onSelectionChange={(keys) => {
        const chosen = SORTS.find((known) => keys !== "all" && keys.has(known));
        if (chosen) onSort(chosen);
      }}
      button={
        <Button
          kind="quiet"
          icon={ArrowDownWideNarrow}
          iconAfter={ChevronDown}
          aria-label={t("sort.by", { sort: t(`sort.${sort}`) })}
        >
          {t(`sort.${sort}`)}
        </Button>
      }
    >
      {SORTS.map((known) => (
        <MenuItem key={known} id={known}>
          {t(`sort.${known}`)}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

interface NameSearchProps {
  filter: GalleryFilter;
  onFilter: SetFilter;
  searchRef?: Ref<HTMLInputElement>;
}

export function NameSearch({ filter, onFilter, searchRef }: NameSearchProps) {
  const { t } = useTranslation("gallery");
  const [typed, setTyped] = useState(filter.q);
  // The address may change without typing: back, forward, a link.
  const [known, setKnown] = useState(filter.q);
  if (known !== filter.q) {
    setKnown(filter.q);
    setTyped(filter.q);
  }
  useEffect(() => {
    if (typed === filter.q) return;
    // Going back leads to before the search, not through what was typed on the way.
    const options = { replace: filter.q !== "" };
    const timer = setTimeout(() => onFilter({ ...filter, q: typed }, options), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, filter, onFilter]);
  return (
    <SearchField
      label={t("search")}
      value={typed}
      onChange={setTyped}
      hint="/"
      className={styles.search}
      {...(searchRef ? { inputRef: searchRef } : {})}
    />
  );
}
