/** The figures of a whole set, each with its definition and how sure it is. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { classNames } from "../../../components/classNames.ts";
import { Definition } from "../../../components/Definition.tsx";
import { formatCount, formatMap, formatPercent } from "../../../components/format.ts";
import type { CutFigure, Interval, Statistics, Uncertainty } from "../statisticsTypes.ts";
import { Figure } from "./Figure.tsx";
import styles from "./FigureTiles.module.css";

interface FigureTilesProps {
  statistics: Statistics;
  /** Undefined until it is computed. */
  uncertainty: Uncertainty | undefined;
  iouPercent: number;
  colorOf: (label: string) => string;
}

const CUT_FIGURES: readonly CutFigure[] = ["accuracy", "precision", "recall", "f1"];

export function FigureTiles({ statistics, uncertainty, iouPercent, colorOf }: FigureTilesProps) {
  const { t } = useTranslation("statistics");
  const { global, images, instances, labels } = statistics;
  const reasonOf = (name: string) => global.reasons[name];
  return (
    <dl className={styles.tiles}>
      <Tile name={t("labelCount")} text={t("labelCountText")} note={t("inImages", { count: images })}>
        {formatCount(instances)}
        <Shares labels={labels} colorOf={colorOf} />
      </Tile>
      {CUT_FIGURES.map((name) => (
        <Tile
          key={name}
          name={t(name)}
          text={t(`${name}Text`)}
          interval={uncertainty?.global[name]}
          format={formatPercent}
          value={global[name]}
        >
          <Figure value={global[name]} reason={reasonOf(name)} format={formatPercent} />
        </Tile>
      ))}
      <Tile
        name="mAP"
        text={t("mapText")}
        interval={uncertainty?.global.map}
        format={formatMap}
        value={global.map}
        note={
          global.map_at_iou === null
            ? undefined
            : t("atIou", { percent: iouPercent, map: formatMap(global.map_at_iou) })
        }
      >
        <Figure value={global.map} reason={reasonOf("map")} format={formatMap} />
      </Tile>
    </dl>
  );
}

/** Holds the line of an interval that is being computed. */
const NO_BREAK_SPACE = "\u00a0";

interface TileProps {
  name: string;
  text: string;
  note?: string | undefined;
  value?: number | null;
  interval?: Interval | null | undefined;
  format?: (value: number) => string;
  children: ReactNode;
}

function Tile({ name, text, note, value = null, interval, format = formatPercent, children }: TileProps) {
  const { t } = useTranslation("statistics");
  return (
    <div className={styles.tile}>
      <dt>
        {name} <Definition term={name}>{text}</Definition>
      </dt>
      <dd className={styles.figure}>{children}</dd>
      {interval === undefined && value !== null && <dd className={styles.note}>{NO_BREAK_SPACE}</dd>}
      {interval && (
        <dd className={classNames(styles.note, styles.interval)} title={t("intervalText")}>
          {t("between", { low: format(interval.low).replace(" %", ""), high: format(interval.high) })}
        </dd>
      )}
      {note !== undefined && <dd className={styles.note}>{note}</dd>}
      {value !== null && <IntervalBar interval={interval ?? null} value={value} />}
    </div>
  );
}

/** Where between 0 and 1 the figure and its interval lie. */
function IntervalBar({ interval, value }: { interval: Interval | null; value: number }) {
  return (
    <dd className={styles.bar} aria-hidden="true">
      {interval && <i style={{ left: `${interval.low * 100}%`, width: `${(interval.high - interval.low) * 100}%` }} />}
      <b style={{ left: `${value * 100}%` }} />
    </dd>
  );
}

/** How the objects are spread over the labels. */
function Shares({ labels, colorOf }: Pick<Statistics, "labels"> & Pick<FigureTilesProps, "colorOf">) {
  return (
    <span className={styles.shares} aria-hidden="true">
      {labels
        .filter(({ count }) => count > 0)
        .map(({ label, count }) => (
          <i key={label} style={{ flexGrow: count, background: colorOf(label) }} title={`${label}: ${count}`} />
        ))}
    </span>
  );
}
