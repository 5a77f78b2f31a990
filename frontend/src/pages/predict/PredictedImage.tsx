/** An image with the kept objects drawn over it: outline in a dark halo, fill, label of the one under the pointer. */
import { Maximize, Minus, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button.tsx";
import { Slider } from "../../components/Slider.tsx";
import { Switch } from "../../components/Switch.tsx";
import styles from "./PredictedImage.module.css";
import { type PredictedObject, pathOf } from "./predictions.ts";

interface PredictedImageProps {
  url: string;
  name: string;
  objects: readonly PredictedObject[];
  colorOf: (label: string) => string;
  chosen: PredictedObject | null;
  onChoose: (object: PredictedObject | null) => void;
}

const ZOOM_STEP = 1.25;
const FILL_MAX = 60;
const FILL_DEFAULT = 24;

export function PredictedImage({ url, name, objects, colorOf, chosen, onChoose }: PredictedImageProps) {
  const { t } = useTranslation("predict");
  const [size, setSize] = useState<{ url: string; width: number; height: number } | null>(null);
  const [zoom, setZoom] = useState(1);
  const [fill, setFill] = useState(FILL_DEFAULT);
  const [showsMasks, setShowsMasks] = useState(true);
  const [showsScores, setShowsScores] = useState(false);
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const known = size?.url === url ? size : null;

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
              setSize({ url, width: image.naturalWidth, height: image.naturalHeight })
            }
            onError={() => setFailedUrl(url)}
          />
          {failedUrl === url && <p className={styles.unshown}>{t("notShown")}</p>}
          {known && showsMasks && (
            <svg
              className={styles.masks}
              viewBox={`0 0 ${known.width} ${known.height}`}
              role="img"
              aria-label={t("masksLabel", { count: objects.length })}
              onPointerLeave={() => onChoose(null)}
            >
              {[...objects].reverse().map((object) => (
                <Mask
                  key={`${object.label}${object.score}${object.x0},${object.y0}`}
                  object={object}
                  color={colorOf(object.label)}
                  fill={(object === chosen ? Math.max(fill, FILL_DEFAULT) : fill) / 100}
                  isChosen={object === chosen}
                  onChoose={onChoose}
                />
              ))}
            </svg>
          )}
          {known &&
            objects
              .filter((object) => showsMasks && (showsScores || object === chosen))
              .map((object) => (
                <span
                  key={`${object.label}${object.score}${object.x0},${object.y0}`}
                  className={styles.tag}
                  style={{
                    left: `${((object.x0 + object.x1) / 2 / known.width) * 100}%`,
                    top: `${(object.y0 / known.height) * 100}%`,
                  }}
                >
                  <i style={{ background: colorOf(object.label) }} />
                  {object.label} {object.score.toFixed(1)}
                </span>
              ))}
        </div>
      </div>
      <div className={styles.tools}>
        <Switch labelFirst isSelected={showsMasks} onChange={setShowsMasks}>
          {t("masks")}
        </Switch>
        <Switch labelFirst isSelected={showsScores} onChange={setShowsScores}>
          {t("scores")}
        </Switch>
        <Slider
          label={t("fill")}
          value={fill}
          onChange={setFill}
          minValue={0}
          maxValue={FILL_MAX}
          className={styles.fill}
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

interface MaskProps {
  object: PredictedObject;
  color: string;
  fill: number;
  isChosen: boolean;
  onChoose: (object: PredictedObject) => void;
}

function Mask({ object, color, fill, isChosen, onChoose }: MaskProps) {
  const path = pathOf(object);
  return (
    <g onPointerEnter={() => onChoose(object)}>
      <path d={path} className={styles.halo} style={{ strokeWidth: isChosen ? 6 : 4 }} />
      <path
        d={path}
        className={styles.outline}
        style={{ stroke: color, fill: color, fillOpacity: fill, strokeWidth: isChosen ? 3 : 2 }}
      />
    </g>
  );
}

/** As wide as the stage allows by its width and its height (both are container units). */
function fitWidth({ width, height }: { width: number; height: number }): string {
  return `min(100cqw - 32px, (100cqh - 112px) * ${width / height})`;
}
