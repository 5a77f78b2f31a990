import { ArrowDown, ArrowUp, Ellipsis, Merge, Pencil, Trash2 } from "lucide-react";
import type { DragEventHandler, KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { LabelClass } from "../../../api/types.ts";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { formatCount } from "../../../components/format.ts";
import { MenuButton, MenuItem, MenuLine } from "../../../components/Menu.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import { type GalleryFilter, writeFilter } from "../galleryFilter.ts";
import styles from "./LabelFilters.module.css";

export type LabelAction = "edit" | "merge" | "delete";

interface LabelRowProps {
  label: LabelClass;
  /** Whether the project has no other label. */
  isOnly: boolean;
  filter: GalleryFilter;
  /** Where a dragged label would land. */
  dropEdge: "before" | "after" | undefined;
  dragHandlers: Record<"onDragStart" | "onDragOver" | "onDrop" | "onDragEnd", DragEventHandler>;
  onMove: (step: 1 | -1) => void;
  onAction: (action: LabelAction) => void;
}

export function LabelRow({ label, isOnly, filter, dropEdge, dragHandlers, onMove, onAction }: LabelRowProps) {
  const { t } = useTranslation("labels");
  const isChosen = filter.label === label.name;
  const moveByKey = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <li className={styles.row} data-drop={dropEdge} draggable {...dragHandlers}>
      <Link
        to={{ search: writeFilter({ ...filter, label: isChosen ? null : label.name }).toString() }}
        aria-current={isChosen ? "true" : undefined}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        className={classNames(styles.link, isChosen && styles.chosen)}
        draggable={false}
        onKeyDown={moveByKey}
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
        <MenuItem icon={Pencil} onAction={() => onAction("edit")}>
          {t("edit")}
        </MenuItem>
        <MenuItem icon={Merge} isDisabled={isOnly} onAction={() => onAction("merge")}>
          {t("merge")}
        </MenuItem>
        <MenuItem icon={ArrowUp} isDisabled={isOnly} hint="Alt ↑" onAction={() => onMove(-1)}>
          {t("moveUp")}
        </MenuItem>
        <MenuItem icon={ArrowDown} isDisabled={isOnly} hint="Alt ↓" onAction={() => onMove(1)}>
          {t("moveDown")}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={Trash2} isDanger onAction={() => onAction("delete")}>
          {t("delete")}
        </MenuItem>
      </MenuButton>
    </li>
  );
}
