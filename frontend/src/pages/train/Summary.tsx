/** What Start will do, in a sentence, or why it cannot; and what in the labels may spoil it. */
import { useQuery } from "@tanstack/react-query";
import { Info, TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Model, NewModel } from "../../api/types.ts";
import { useSettled } from "../../app/useSettled.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatDuration } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { sizeOf } from "./choice.ts";
import styles from "./TrainDialog.module.css";
import { type PreflightWarning, preflightQuery, type TrainingDefaults } from "./trainingQueries.ts";

interface SummaryProps {
  projectId: number;
  defaults: TrainingDefaults;
  choice: NewModel;
  continued: Model | undefined;
  /** The model that is trained again. */
  like: Model | undefined;
  onProblem: (problem: string | null) => void;
}

const NAMED_LABELS = 5;

export function Summary({ projectId, defaults, choice, continued, like, onProblem }: SummaryProps) {
  const { t } = useTranslation("train");
  const asked = useSettled({
    image_size: choice.image_size,
    use_validation_set: choice.use_validation_set,
    validation_percent: choice.validation_percent,
    seed: choice.seed,
    like: like?.id,
  });
  const preflight = useQuery(preflightQuery(projectId, asked));
  const problem = preflight.data?.problem ?? null;
  useEffect(() => onProblem(problem), [problem, onProblem]);
  if (preflight.error) return <ErrorMessage error={preflight.error} />;
  if (problem !== null) return <ErrorMessage error={problem} />;
  return (
    <div className={styles.summary}>
      <Icon of={Info} />
      <div>
        <b>
          {t("willTrain", {
            training: preflight.data?.training_images ?? "…",
            validation: preflight.data?.validation_images ?? "…",
            length: lengthOf(choice, t),
            device: t(defaults.is_gpu ? "thisGpu" : "thisCpu"),
          })}
        </b>
        <p>
          {startsFrom(defaults, choice, continued, t)} {basisOf(defaults, choice, t)}{" "}
          {predictsAfterwards(defaults, choice, t)}{" "}
          {defaults.unlabeled_images > 0 && t("unlabeledStayOut", { count: defaults.unlabeled_images })}
        </p>
        {like && (
          <p>
            {t("likeModel", { name: like.name })} {changesSince(preflight.data?.images_changed ?? null, t)}
          </p>
        )}
        {preflight.data && preflight.data.warnings.length > 0 && <Warnings of={preflight.data.warnings} />}
      </div>
    </div>
  );
}

function Warnings({ of }: { of: readonly PreflightWarning[] }) {
  const { t } = useTranslation("train");
  return (
    <ul className={styles.warnings} aria-label={t("warnings")}>
      {of.map((warning) => (
        <li key={warning.kind}>
          <Icon of={TriangleAlert} size={14} />
          <span>
            {t(`warning.${warning.kind}`, { count: warning.count, of: warning.of, labels: namesOf(warning) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

type Translate = ReturnType<typeof useTranslation<"train">>["t"];

function namesOf({ labels }: PreflightWarning): string {
  const shown = labels.slice(0, NAMED_LABELS).join(", ");
  return labels.length > NAMED_LABELS ? `${shown}, …` : shown;
}

function lengthOf(choice: NewModel, t: Translate): string {
  if (choice.max_steps !== undefined) return t("stepsLong", { count: choice.max_steps });
  return t("about", { time: formatDuration((choice.train_minutes ?? 0) * 60) });
}

function startsFrom(defaults: TrainingDefaults, choice: NewModel, continued: Model | undefined, t: Translate): string {
  if (continued) return t("continuesFrom", { name: continued.name });
  const weights = sizeOf(defaults, choice.size)?.starts_from ?? "";
  return weights === "random weights" ? t("startsFromRandom") : t("startsFrom", { weights });
}

/** What the time rests on; nothing where a person has chosen another one. */
function basisOf(defaults: TrainingDefaults, choice: NewModel, t: Translate): string {
  const size = sizeOf(defaults, choice.size);
  if (!size || choice.max_steps !== undefined || choice.train_minutes !== size.train_minutes) return "";
  const device = t(defaults.is_gpu ? "thisGpu" : "thisCpu");
  const where = size.measured_in === null ? device : t("deviceIn", { device, name: size.measured_in });
  switch (size.pace_basis) {
    case "measured":
      return t("paceMeasured", { where });
    case "other size":
      return t("paceOfOtherSize", { where });
    case "reference":
      return t("paceReference", { device });
  }
}

function predictsAfterwards(defaults: TrainingDefaults, choice: NewModel, t: Translate): string {
  const size = sizeOf(defaults, choice.size);
  return size ? t("predictsAfterwards", { time: formatDuration(size.predict_minutes * 60) }) : "";
}

function changesSince(count: number | null, t: Translate): string {
  if (count === null) return "";
  return count === 0 ? t("labelsUnchanged") : t("labelsChanged", { count });
}
