import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Trans, useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Icon } from "../../../components/Icon.tsx";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import { type KeyAction, keyFor, keymapWith } from "../../../editor/keys.ts";
import { imageQuery } from "../work/imageQuery.ts";
import type { ImageRow } from "../work/imageRow.ts";
import { usePreference } from "../work/preferences.ts";
import styles from "./FilmStrip.module.css";
import { shownKey } from "./shownKey.ts";

interface FilmStripProps {
  ids: readonly number[];
  /** Which images these are, where they are not all. */
  kind: ImageRow["kind"];
  imageId: number;
  labeled: number;
  total: number;
  onOpen: (imageId: number) => void;
  /** From the image asked for last: two clicks at once are two steps. */
  onStep: (by: -1 | 1) => void;
  /** The saved-state, at the right. */
  children: ReactNode;
}

const THUMBNAIL_WIDTH = 78;

export function FilmStrip({ ids, kind, imageId, labeled, total, onOpen, onStep, children }: FilmStripProps) {
  const { t } = useTranslation("labeling");
  const [keys] = usePreference("keys");
  const hintOf = (action: KeyAction) => {
    const key = keyFor(action, "polygon", keymapWith(keys));
    return key === null ? {} : { hint: shownKey(key) };
  };
  const at = ids.indexOf(imageId);
  return (
    <nav className={styles.strip} aria-label={t("strip")}>
      <div className={styles.steps}>
        <IconButton
          icon={ChevronLeft}
          label={t("action.previousImage")}
          {...hintOf("previousImage")}
          isDisabled={at <= 0}
          onPress={() => onStep(-1)}
        />
        <span className={styles.position}>
          <Trans t={t} i18nKey="position" values={{ at: at + 1, total: ids.length }} components={{ b: <b /> }} />
          {kind !== "all" && (
            <span className={styles.kind}>{t(kind === "chosen" ? "chosenImages" : "filteredImages")}</span>
          )}
        </span>
        <IconButton
          icon={ChevronRight}
          label={t("action.nextImage")}
          {...hintOf("nextImage")}
          isDisabled={at === ids.length - 1}
          onPress={() => onStep(1)}
        />
      </div>
      <Thumbnails ids={ids} at={at} onOpen={onOpen} />
      <div className={styles.progress}>
        <span className={styles.figures}>
          <span>{t("labeled")}</span>
          <span>{t("labeledOf", { labeled, total })}</span>
        </span>
        <ProgressBar label={t("labeled")} value={total > 0 ? labeled / total : 0} />
      </div>
      {children}
    </nav>
  );
}

function Thumbnails({ ids, at, onOpen }: { ids: readonly number[]; at: number; onOpen: (imageId: number) => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const tiles = useVirtualizer({
    horizontal: true,
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => THUMBNAIL_WIDTH,
    overscan: 4,
  });
  useEffect(() => {
    if (at >= 0) tiles.scrollToIndex(at, { align: "center" });
  }, [tiles, at]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.tiles} style={{ width: tiles.getTotalSize() }}>
        {tiles.getVirtualItems().map(({ index, start }) => (
          <li key={ids[index]} style={{ transform: `translateX(${start}px)` }}>
            <Thumbnail imageId={ids[index] ?? 0} isCurrent={index === at} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ThumbnailProps {
  imageId: number;
  isCurrent: boolean;
  onOpen: (imageId: number) => void;
}

function Thumbnail({ imageId, isCurrent, onOpen }: ThumbnailProps) {
  const { t } = useTranslation("labeling");
  const image = useQuery(imageQuery(imageId)).data;
  const name = image?.name ?? String(imageId);
  return (
    <AriaButton
      className={classNames(styles.tile, isCurrent && styles.current)}
      aria-label={image?.labeled ? t("isLabeled", { name }) : name}
      aria-current={isCurrent ? "true" : undefined}
      onPress={() => onOpen(imageId)}
    >
      <img src={`/api/v1/images/${imageId}/thumbnail`} alt="" loading="lazy" draggable={false} />
      {image?.labeled && (
        <span className={styles.tick}>
          <Icon of={Check} size={10} />
        </span>
      )}
    </AriaButton>
  );
}
