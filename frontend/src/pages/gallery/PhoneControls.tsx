import { ArrowDownWideNarrow, ListFilter, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { LabelClass, Project } from "../../api/types.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { classNames } from "../../components/classNames.ts";
import { Dialog } from "../../components/Dialog.tsx";
import { formatCount } from "../../components/format.ts";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { Swatch } from "../../components/Swatch.tsx";
import { Switch } from "../../components/Switch.tsx";
import { FolderFilters } from "./filters/FolderFilters.tsx";
import { StateFilters } from "./filters/StateFilters.tsx";
import { UploadFilters } from "./filters/UploadFilters.tsx";
import { type GalleryFilter, isFiltered, SORTS, writeFilter } from "./galleryFilter.ts";
import { LabelFiles } from "./labels/LabelFiles.tsx";
import styles from "./PhoneControls.module.css";
import { NameSearch, type SetFilter, type ViewSettings } from "./Toolbar.tsx";
import { pickFiles } from "./upload/pickFiles.ts";
import { uploadFiles } from "./upload/uploads.ts";

interface PhoneFiltersProps {
  project: Project;
  labels: readonly LabelClass[];
  filter: GalleryFilter;
  onFilter: SetFilter;
  view: ViewSettings;
  onDraftLabels: () => void;
}

/** In place of the left column and the toolbar on a narrow screen. */
export function PhoneFilters({ project, labels, filter, onFilter, view, onDraftLabels }: PhoneFiltersProps) {
  const { t } = useTranslation("gallery");
  const [isOpen, setOpen] = useState(false);
  const chip = (label: string | null) => {
    const isChosen = filter.label === label;
    return {
      to: { search: writeFilter({ ...filter, label: isChosen ? null : label }).toString() },
      "aria-current": isChosen ? ("true" as const) : undefined,
      className: classNames(styles.chip, isChosen && styles.chosen),
    };
  };
  return (
    <div className={styles.filters}>
      <div className={styles.row}>
        <NameSearch filter={filter} onFilter={onFilter} />
        <IconButton
          kind="default"
          icon={ListFilter}
          label={t("filters")}
          className={classNames(isFiltered({ ...filter, label: null, q: "" }) && styles.active)}
          onPress={() => setOpen(true)}
        />
        <MenuButton
          aria-label={t("sort.title")}
          placement="bottom end"
          button={<IconButton kind="default" icon={ArrowDownWideNarrow} label={t("sort.title")} />}
        >
          {SORTS.map((sort) => (
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
      <nav className={styles.chips} aria-label={t("labels")}>
        <Link {...chip(null)}>
          {t("all")} {formatCount(project.image_count)}
        </Link>
        {labels.map((label) => (
          <Link key={label.id} {...chip(label.name)}>
            <Swatch color={label.color} />
            <span className={styles.labelName}>{label.name}</span>
            <span className={styles.count}>{formatCount(label.instance_count)}</span>
          </Link>
        ))}
      </nav>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t("filters")} size="small">
        <div>
          <StateFilters
            project={project}
            filter={filter}
            onDraftLabels={() => {
              setOpen(false);
              onDraftLabels();
            }}
          />
          <FolderFilters projectId={project.id} filter={filter} />
          <UploadFilters projectId={project.id} filter={filter} onFilter={onFilter} />
        </div>
        <Switch isSelected={view.showOutlines} onChange={view.onShowOutlines}>
          {t("outlines")}
        </Switch>
        <LabelFiles project={project} />
      </Dialog>
    </div>
  );
}

interface PhoneActionsProps {
  projectId: number;
  isSelecting: boolean;
  onSelecting: (select: boolean) => void;
}

/** The two things that a thumb reaches for. */
export function PhoneActions({ projectId, isSelecting, onSelecting }: PhoneActionsProps) {
  const { t } = useTranslation(["gallery", "upload"]);
  return (
    <div className={styles.foot}>
      <Button size="large" onPress={() => onSelecting(!isSelecting)}>
        {isSelecting ? t("gallery:endSelecting") : t("gallery:select")}
      </Button>
      <Button
        size="large"
        kind="upload"
        icon={Upload}
        onPress={async () => uploadFiles(projectId, await pickFiles("images"))}
      >
        {t("upload:upload")}
      </Button>
    </div>
  );
}
