/** The objects of one image with their scores as bars and the threshold as a red dash; what lies below it, apart. */
import { useTranslation } from "react-i18next";
import { classNames } from "../../components/classNames.ts";
import { Swatch } from "../../components/Swatch.tsx";
import styles from "./PredictionList.module.css";
import { type Cut, isKept, objectKey, type PredictedObject, thresholdOf } from "./predictions.ts";

interface PredictionListProps {
  objects: readonly PredictedObject[];
  cut: Cut;
  colorOf: (label: string) => string;
  chosen: PredictedObject | null;
  onChoose: (object: PredictedObject | null) => void;
}

export function PredictionList({ objects, cut, ...rest }: PredictionListProps) {
  const { t } = useTranslation("predict");
  const kept = objects.filter((object) => isKept(object, cut));
  const below = objects.filter((object) => !isKept(object, cut));
  return (
    <div className={styles.lists}>
      <header className={styles.header}>
        <h2>{t("predictions")}</h2>
        <span>{t("objects", { count: kept.length })}</span>
      </header>
      {kept.length === 0 && <p className={styles.none}>{t("nothingAbove")}</p>}
      <Rows objects={kept} cut={cut} {...rest} />
      {below.length > 0 && (
        <>
          <h3 className={styles.below}>{t("belowThreshold")}</h3>
          <Rows objects={below} cut={cut} isBelow {...rest} />
        </>
      )}
    </div>
  );
}

function Rows({
  objects,
  cut,
  colorOf,
  chosen,
  onChoose,
  isBelow = false,
}: PredictionListProps & { isBelow?: boolean }) {
  return (
    <ul className={classNames(styles.rows, isBelow && styles.isBelow)}>
      {objects.map((object) => (
        <li key={objectKey(object)}>
          <button
            type="button"
            className={classNames(styles.row, object === chosen && styles.chosen)}
            onPointerEnter={() => onChoose(object)}
            onFocus={() => onChoose(object)}
            onPointerLeave={() => onChoose(null)}
          >
            <Swatch color={colorOf(object.label)} isHollow={isBelow} />
            <span className={styles.label}>{object.label}</span>
            <span className={styles.bar}>
              <span className={styles.score} style={{ width: `${object.score}%` }} />
              <span className={styles.dash} style={{ left: `${thresholdOf(cut, object.label)}%` }} />
            </span>
            <span className={styles.figure}>{object.score.toFixed(1)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
