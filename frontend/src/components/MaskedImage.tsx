/** An image with masks drawn over it, each an outline in a dark halo with a fill; the chosen one has its text. Zoom and fill are here. */
import { Maximize, Minus, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button.tsx";
import { classNames } from "./classNames.ts";
import styles from "./MaskedImage.module.css";
import { Slider } from "./Slider.tsx";

/** A mask as it is drawn: in pixels of the image. */
export interface DrawnMask {
  id: string;
  /** An SVG path; holes are cut out by the even-odd rule. */
  path: string;
  color: string;
  /** What it is, said beside it. */
  text: string;
  /** Where the text stands: the middle of the top edge. */
  textAt: { x: number; y: number };
  /** A labeled object, not a predicted one: dashed and not filled. */
  isDashed?: boolean;
}

interface MaskedImageProps {
  url: string;
  name: string;
  /** Of the image that the masks belong to; left out, the picture's own. */
  size?: { width: number; height: number };
  /** The first is drawn on top. */
  masks: readonly DrawnMask[];
  /** Of all masks: their number, read aloud. */
  masksLabel: string;
  showsTexts: boolean;
  chosenId: string | null;
  onChoose: (id: string | null) => void;
  /** Switches, at the left of the tools. */
  tools: ReactNode;
}

const ZOOM_STEP = 1.25;
const FILL_MAX = 60;
const FILL_DEFAULT = 24;

export function MaskedImage({
  url,
  name,
  size,
  masks,
  masksLabel,
  showsTexts,
  chosenId,
  onChoose,
  tools,
}: MaskedImageProps) {
  const { t } = useTranslation("predict");
  const [natural, setNatural] = useState<{ url: string; width: number; height: number } | null>(null);
  const [zoom, setZoom] = useState(1);
  const [fill, setFill] = useState(FILL_DEFAULT);
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const known = size ?? (natural?.url === url ? natural : null);
  return (
    <div className={styles.stage}>
      <div className={styles.scroller}>
        <div
          className={styles.frame}
          style={
            known
              ? { aspectRatio: `${known.width} / ${known.height}`, width: `calc(${fitWidth(known)} * ${zoom})` }
              : {}
          }
        >
          <img
            className={styles.image}
            src={url}
            alt={name}
            onLoad={({ currentTarget: image }) =>
              setNatural({ url, width: image.naturalWidth, height: image.naturalHeight })
            }
            onError={() => setFailedUrl(url)}
          />
          {failedUrl === url && (
            <p className={styles.unshown}>{t(masks.length > 0 ? "notShownButFound" : "notShown")}</p>
          )}
          {known && (
            <Masks size={known} fill={fill} label={masksLabel} masks={masks} chosenId={chosenId} onChoose={onChoose} />
          )}
          {known &&
            masks
              .filter(({ id }) => showsTexts || id === chosenId)
              .map((mask) => (
                <span
                  key={mask.id}
                  className={styles.tag}
                  style={{
                    left: `${(mask.textAt.x / known.width) * 100}%`,
                    top: `${(mask.textAt.y / known.height) * 100}%`,
                  }}
                >
                  <i style={{ background: mask.color }} />
                  {mask.text}
                </span>
              ))}
        </div>
      </div>
      <div className={styles.tools}>
        {tools}
        <Slider
          label={t("fill")}
          value={fill}
          onChange={setFill}
          minValue={0}
          maxValue={FILL_MAX}
          className={styles.fill ?? ""}
        />
      </div>
      <div className={styles.zoom}>
        <IconButton icon={Minus} label={t("zoomOut")} onPress={() => setZoom(Math.max(0.25, zoom / ZOOM_STEP))} />
        <output className={styles.percent}>{Math.round(zoom * 100)} %</output>
        <IconButton icon={Plus} label={t("zoomIn")} onPress={() => setZoom(Math.min(16, zoom * ZOOM_STEP))} />
        <IconButton icon={Maximize} label={t("fit")} onPress={() => setZoom(1)} />
      </div>
    </div>
  );
}

interface MasksProps extends Pick<MaskedImageProps, "masks"> {
  size: { width: number; height: number };
  label: string;
  /** Percent. */
  fill?: number;
  chosenId?: string | null;
  onChoose?: (id: string | null) => void;
}

/** The masks alone, over a picture that fills the same box. */
export function Masks({ size, masks, label, fill = 0, chosenId = null, onChoose }: MasksProps) {
  return (
    <svg
      className={styles.masks}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={label}
      onPointerLeave={() => onChoose?.(null)}
    >
      {[...masks].reverse().map((mask) => {
        const isChosen = mask.id === chosenId;
        const ownFill = isChosen ? Math.max(fill, FILL_DEFAULT) : mask.isDashed ? 0 : fill;
        return (
          <g key={mask.id} data-mask={mask.id} onPointerEnter={() => onChoose?.(mask.id)}>
            <path d={mask.path} className={styles.halo} style={{ strokeWidth: isChosen ? 6 : 4 }} />
            <path
              d={mask.path}
              className={classNames(styles.outline, mask.isDashed && styles.dashed)}
              style={{
                stroke: mask.color,
                fill: mask.color,
                fillOpacity: ownFill / 100,
                strokeWidth: isChosen ? 3 : 2,
              }}
            />
          </g>
        );
      })}
    </svg>
  );
}

/** As wide as the stage allows by its width and its height (both are container units). */
function fitWidth({ width, height }: { width: number; height: number }): string {
  return `min(100cqw - 32px, (100cqh - 112px) * ${width / height})`;
}
