/** What the model is and was trained with, down to versions and git state. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import type { CurvePoint, Model } from "../../api/types.ts";
import { DownloadButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatDuration, formatMap } from "../../components/format.ts";
import styles from "./ModelPage.module.css";
import { flatten } from "./provenance.ts";

const CONFIG_NAMES = [
  "image_size",
  "train_minutes",
  "stop_minutes",
  "use_validation_set",
  "validation_percent",
  "learning_rate",
  "seed",
  "max_steps",
] as const;
const PACE_DECIMALS = 2;

export function Facts({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const checkpoint = (point: CurvePoint | null) =>
    point === null
      ? "–"
      : t("checkpointAt", {
          time: formatDuration(point.elapsed_s),
          step: formatCount(point.step),
          map: formatMap(point.map),
          ap50: formatMap(point.ap50),
        });
  const rows: [string, string][] = [
    [t("best"), checkpoint(model.best)],
    [t("last"), checkpoint(model.last)],
    [t("trainedFor"), formatDuration(model.elapsed_s)],
    [t("startedFrom"), model.initialised_from ?? "–"],
    [t("images"), t("imageCounts", { training: model.training_image_count, validation: model.validation_image_count })],
    [t("labels"), model.class_names.join(", ")],
    [t("device"), model.device ?? "–"],
    [
      t("pace"),
      model.images_per_second === null
        ? "–"
        : t("imagesPerSecond", { pace: model.images_per_second.toFixed(PACE_DECIMALS) }),
    ],
    ...CONFIG_NAMES.map((name): [string, string] => [t(`config.${name}`), configValue(model.config[name], t)]),
  ];
  return (
    <section className={styles.card} aria-label={t("facts")}>
      <header className={styles.cardHeader}>
        <h2>{t("facts")}</h2>
      </header>
      <Rows rows={rows} />
      <Provenance model={model} />
    </section>
  );
}

/** Folded away, and asked for when it is opened: for whoever wants to make the model again, or to know why two differ. */
function Provenance({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const [isOpen, setIsOpen] = useState(false);
  const address = `/api/v1/models/${model.id}/provenance`;
  const provenance = useQuery({
    queryKey: ["models", model.id, "provenance", model.status],
    queryFn: () => api.get<unknown>(address),
    enabled: isOpen,
  });
  return (
    <details className={styles.provenance} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("provenance")}</summary>
      <ErrorMessage error={provenance.error} />
      {provenance.data !== undefined && (
        <>
          <Rows rows={flatten(provenance.data)} />
          <DownloadButton kind="quiet" size="small" icon={Download} href={address}>
            JSON
          </DownloadButton>
        </>
      )}
    </details>
  );
}

function Rows({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Translate = ReturnType<typeof useTranslation<"model">>["t"];

function configValue(value: Model["config"][string] | undefined, t: Translate): string {
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return value === null || value === undefined ? t("byDefault") : String(value);
}
