/** The common images, the most different first, with what each model got right and wrong on them. */
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatPercent } from "../../components/format.ts";
import { numberCell, Table } from "../../components/Table.tsx";
import { Verdict } from "../statistics/predictions/Verdict.tsx";
import { writeView } from "../statistics/useStatisticsView.ts";
import styles from "./ComparePage.module.css";
import type { ComparedImage, Comparison } from "./comparisonQuery.ts";

interface ComparedImagesProps {
  projectId: number;
  comparison: Comparison;
  query: URLSearchParams;
}

export function ComparedImages({ projectId, comparison, query }: ComparedImagesProps) {
  const { t } = useTranslation("compare");
  const kept = new URLSearchParams([...query].filter(([name]) => name !== "models"));
  return (
    <section className={styles.card} aria-label={t("images")}>
      <header className={styles.cardHeader}>
        <h2>{t("images")}</h2>
        <span className={styles.note}>{t("imagesText")}</span>
      </header>
      <Table label={t("images")} className={styles.images ?? ""}>
        <thead>
          <tr>
            <th>{t("image")}</th>
            {comparison.models.map((model) => (
              <th key={model.model_id}>{model.name}</th>
            ))}
            <th className={numberCell}>{t("spread")}</th>
          </tr>
        </thead>
        <tbody>
          {comparison.images.map((image) => (
            <ImageRow key={image.image_id} image={image} projectId={projectId} query={kept} />
          ))}
        </tbody>
      </Table>
    </section>
  );
}

interface ImageRowProps {
  image: ComparedImage;
  projectId: number;
  query: URLSearchParams;
}

function ImageRow({ image, projectId, query }: ImageRowProps) {
  const { t } = useTranslation(["compare", "statistics"]);
  const search = writeView(query, { imageId: image.image_id, order: "name" });
  return (
    <tr>
      <td>
        <span className={styles.image}>
          {image.name !== null && <img src={`/api/v1/images/${image.image_id}/thumbnail`} alt="" loading="lazy" />}
          {image.name === null ? (
            t("statistics:deletedImage")
          ) : (
            <Link to={`/projects/${projectId}/label/${image.image_id}`}>{image.name}</Link>
          )}
        </span>
      </td>
      {image.models.map((own) => (
        <td key={own.model_id}>
          <Link to={`/models/${own.model_id}/statistics?${search}`} className={styles.counts}>
            <Verdict judgement="correct" count={own.correct_count} name={t("statistics:correct")} />
            <Verdict judgement="incorrect" count={own.incorrect_count} name={t("statistics:incorrect")} />
            <Verdict judgement="missed" count={own.missed_count} name={t("statistics:missed")} />
            <small>F1 {formatPercent(own.f1)}</small>
          </Link>
        </td>
      ))}
      <td className={numberCell}>{formatPercent(image.spread)}</td>
    </tr>
  );
}
