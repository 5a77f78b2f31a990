import { Ellipsis, Merge, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { LabelClass } from "../../../api/types.ts";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { formatCount } from "../../../components/format.ts";
import { MenuButton, MenuItem, MenuLine } from "../../../components/Menu.tsx";
import { Skeleton } from "../../../components/Skeleton.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import { type GalleryFilter, writeFilter } from "../galleryFilter.ts";
import { DeleteLabelDialog } from "./DeleteLabelDialog.tsx";
import { EditLabelDialog, NewLabelDialog } from "./LabelDialogs.tsx";
import styles from "./LabelFilters.module.css";
import { MergeLabelDialog } from "./MergeLabelDialog.tsx";

interface LabelFiltersProps {
  projectId: number;
  /** undefined while they load. */
  labels: readonly LabelClass[] | undefined;
  filter: GalleryFilter;
}

type OpenDialog = { kind: "new" } | { kind: "edit" | "merge" | "delete"; label: LabelClass } | null;

/** The project's labels: a click shows the images that have it, another one shows all again. */
export function LabelFilters({ projectId, labels, filter }: LabelFiltersProps) {
  const { t } = useTranslation("labels");
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const close = () => setDialog(null);
  return (
    <section aria-label={t("title")}>
      <h2 className={styles.heading}>
        {t("title")}
        <IconButton size="small" icon={Plus} label={t("add")} onPress={() => setDialog({ kind: "new" })} />
      </h2>
      {labels === undefined && <Skeleton height={32} />}
      {labels?.length === 0 && <p className={styles.empty}>{t("none")}</p>}
      <ul className={styles.list}>
        {labels?.map((label) => (
          <li key={label.id} className={styles.row}>
            <Link
              to={{
                search: writeFilter({ ...filter, label: filter.label === label.name ? null : label.name }).toString(),
              }}
              aria-current={filter.label === label.name ? "true" : undefined}
              className={classNames(styles.link, filter.label === label.name && styles.chosen)}
            >
              <Swatch color={label.color} />
              <span className={styles.name} title={label.name}>
                {label.name}
              </span>
              <span className={styles.count}>{formatCount(label.instance_count)}</span>
            </Link>
            <MenuButton
              aria-label={t("actionsFor", { name: label.name })}
              placement="bottom end"
              button={
                <IconButton
                  size="small"
                  icon={Ellipsis}
                  label={t("actionsFor", { name: label.name })}
                  className={styles.more}
                />
              }
            >
              <MenuItem icon={Pencil} onAction={() => setDialog({ kind: "edit", label })}>
                {t("edit")}
              </MenuItem>
              <MenuItem
                icon={Merge}
                isDisabled={labels.length < 2}
                onAction={() => setDialog({ kind: "merge", label })}
              >
                {t("merge")}
              </MenuItem>
              <MenuLine />
              <MenuItem icon={Trash2} isDanger onAction={() => setDialog({ kind: "delete", label })}>
                {t("delete")}
              </MenuItem>
            </MenuButton>
          </li>
        ))}
      </ul>
      {dialog?.kind === "new" && <NewLabelDialog projectId={projectId} labels={labels ?? []} onClose={close} />}
      {dialog?.kind === "edit" && <EditLabelDialog projectId={projectId} label={dialog.label} onClose={close} />}
      {dialog?.kind === "merge" && (
        <MergeLabelDialog projectId={projectId} label={dialog.label} labels={labels ?? []} onClose={close} />
      )}
      {dialog?.kind === "delete" && <DeleteLabelDialog projectId={projectId} label={dialog.label} onClose={close} />}
    </section>
  );
}
