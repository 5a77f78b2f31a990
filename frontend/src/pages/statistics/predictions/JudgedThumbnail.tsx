import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Masks } from "../../../components/MaskedImage.tsx";
import type { PredictionFilter } from "../statisticsQueries.ts";
import type { JudgedImage } from "../statisticsTypes.ts";
import { masksOf, onlyOf } from "./judgement.ts";
import styles from "./PredictionsPanel.module.css";
import { Verdict } from "./Verdict.tsx";

interface JudgedThumbnailProps {
  image: JudgedImage;
  filter: PredictionFilter;
  onOpen: (imageId: number) => void;
}

/** A small image with its masks by judgement, and how many of each there are. */
export const JudgedThumbnail = memo(function JudgedThumbnail({ image, filter, onOpen }: JudgedThumbnailProps) {
  const { t } = useTranslation("statistics");
  const masks = masksOf(onlyOf(image, filter), {
    showsPredictions: true,
    showsTruth: false,
    chosenId: null,
    textOf: ({ label }) => label,
  });
  const ratio = image.width / image.height;
  return (
    <button
      type="button"
      className={styles.thumbnail}
      onClick={() => onOpen(image.image_id)}
      data-image-id={image.image_id}
    >
      <span className={styles.picture}>
        <span className={styles.fitted} style={{ aspectRatio: ratio, width: `min(100cqw, 100cqh * ${ratio})` }}>
          {image.name !== null && (
            <img src={`/api/v1/images/${image.image_id}/thumbnail`} alt="" loading="lazy" decoding="async" />
          )}
          <Masks size={image} masks={masks} label={t("masksDrawn", { count: masks.length })} />
        </span>
      </span>
      <span>
        <span className={styles.name}>{image.name ?? t("deletedImage")}</span>
        <span className={styles.counts}>
          <Verdict judgement="correct" count={image.correct_count} name={t("correct")} />
          <Verdict judgement="incorrect" count={image.incorrect_count} name={t("incorrect")} />
          <Verdict judgement="missed" count={image.missed_count} name={t("missed")} />
        </span>
      </span>
    </button>
  );
});
