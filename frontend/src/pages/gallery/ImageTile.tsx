import { Check } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ImageItem } from "../../api/types.ts";
import { Icon } from "../../components/Icon.tsx";
import { Swatch } from "../../components/Swatch.tsx";
import { CAPTION_PX } from "./gridLayout.ts";
import styles from "./ImageTile.module.css";
import { OutlineOverlay } from "./OutlineOverlay.tsx";

/** Pictures within these proportions fill the tile; others are shown whole. */
const COVER_RATIOS = { min: 1.05, max: 1.8 };
const SHOWN_LABELS = 4;

interface ImageTileProps {
  projectId: number;
  id: number;
  /** What is known of it so far. */
  image: ImageItem | undefined;
  index: number;
  total: number;
  colorOf: ReadonlyMap<number, string>;
  isSelected: boolean;
  isFocusable: boolean;
  showOutlines: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One image of the grid. The grid listens for all of them: data-index tells which one is meant. */
export const ImageTile = memo(function ImageTile(props: ImageTileProps) {
  const { projectId, id, image, index, total, colorOf, isSelected, isFocusable, showOutlines } = props;
  const { x, y, width, height } = props;
  const { t } = useTranslation("gallery");
  const fit = image && isUsualRatio(image) ? "cover" : "contain";
  return (
    <div
      role="option"
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={total}
      tabIndex={isFocusable ? 0 : -1}
      className={styles.tile}
      data-index={index}
      data-image-id={id}
      style={{ width, height, transform: `translate(${x}px, ${y}px)` }}
    >
      <div className={styles.picture}>
        <img
          src={`/api/v1/images/${id}/thumbnail`}
          alt=""
          decoding="async"
          // What is known of the images comes first: a browser has six connections to a server.
          fetchPriority="low"
          draggable={false}
          className={styles.image}
          style={{ objectFit: fit }}
        />
        {showOutlines && image !== undefined && image.instance_count > 0 && (
          <OutlineOverlay
            projectId={projectId}
            image={image}
            colorOf={colorOf}
            fit={fit}
            width={width}
            height={height - CAPTION_PX}
          />
        )}
        <span className={styles.check} data-check>
          {isSelected && <Icon of={Check} size={14} />}
        </span>
        {image && <Badges image={image} />}
      </div>
      <div className={styles.caption}>
        <span className={styles.name} title={image?.name}>
          {image ? <bdi>{image.name}</bdi> : <span className="visually-hidden">{t("loadingImage")}</span>}
        </span>
        {image && <LabelCounts image={image} colorOf={colorOf} />}
      </div>
    </div>
  );
});

function Badges({ image: { validation, draft_count } }: { image: ImageItem }) {
  const { t } = useTranslation("gallery");
  return (
    <span className={styles.badges}>
      {draft_count > 0 && <span className={styles.drafts}>{t("drafts", { count: draft_count })}</span>}
      {validation && <span className={styles.badge}>{t("validation")}</span>}
    </span>
  );
}

function LabelCounts({ image, colorOf }: { image: ImageItem; colorOf: ReadonlyMap<number, string> }) {
  const { t } = useTranslation("gallery");
  if (image.background) return <span className={styles.note}>{t("background.state")}</span>;
  if (!image.labeled) return <span className={styles.note}>{t("notLabeled")}</span>;
  const inOrder = [...image.label_counts].sort((a, b) => a.label_id - b.label_id);
  return (
    <span className={styles.counts}>
      {inOrder.slice(0, SHOWN_LABELS).map(({ label_id, label, count }) => (
        <span key={label_id} className={styles.count} title={label}>
          <Swatch color={colorOf.get(label_id) ?? "transparent"} size={8} />
          {count} <span className="visually-hidden">{label}</span>
        </span>
      ))}
      {inOrder.length > SHOWN_LABELS && <span>+{inOrder.length - SHOWN_LABELS}</span>}
    </span>
  );
}

function isUsualRatio({ width, height }: ImageItem): boolean {
  const ratio = width / height;
  return ratio >= COVER_RATIOS.min && ratio <= COVER_RATIOS.max;
}
