/** "Train model": a name and Start are enough; the rest has defaults that grow with the set. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, Info } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client.ts";
import type { Model, NewModel } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Button } from "../../components/Button.tsx";
import { Definition } from "../../components/Definition.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Icon } from "../../components/Icon.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { TextField } from "../../components/TextField.tsx";
import { AdvancedFields } from "./AdvancedFields.tsx";
import { SizeCards } from "./SizeCards.tsx";
import styles from "./TrainDialog.module.css";
import { defaultsQuery, type TrainingDefaults } from "./trainingQueries.ts";

export function TrainDialog() {
  const { t } = useTranslation("train");
  const projectId = useIdParam("projectId");
  const navigate = useNavigate();
  const defaults = useQuery(defaultsQuery(projectId));
  const close = () => navigate(`/projects/${projectId}`);
  return (
    <Dialog isOpen onClose={close} title={t("title")} subtitle={t("kind")}>
      <ErrorMessage error={defaults.error} onRetry={() => void defaults.refetch()} />
      {defaults.isPending && <Skeleton height={320} />}
      {defaults.data && <TrainForm projectId={projectId} defaults={defaults.data} onClose={close} />}
    </Dialog>
  );
}

interface TrainFormProps {
  projectId: number;
  defaults: TrainingDefaults;
  onClose: () => void;
}

function TrainForm({ projectId, defaults, onClose }: TrainFormProps) {
  const { t } = useTranslation("train");
  const client = useQueryClient();
  const [isAdvanced, setIsAdvanced] = useState(false);
  const [choice, setChoice] = useState<NewModel>(() => initialChoice(defaults));
  const size = defaults.sizes.find((one) => one.size === choice.size) ?? defaults.sizes[0];
  const change = (values: Partial<NewModel>) => setChoice((old) => ({ ...old, ...values }));

  const start = useMutation({
    mutationFn: () => api.post<Model>(`/api/v1/projects/${projectId}/models`, choice),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ["queue"] }),
        client.invalidateQueries({ queryKey: ["projects", projectId] }),
      ]);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label={t("name")}
        value={choice.name}
        onChange={(name) => change({ name })}
        maxLength={100}
        autoFocus
        isRequired
      />
      <SizeCards
        sizes={defaults.sizes}
        value={choice.size ?? defaults.size}
        onChange={(one) =>
          change({
            size: one.size,
            train_minutes: one.train_minutes,
            stop_minutes: one.stop_minutes,
            image_size: one.image_size,
          })
        }
      />
      <div className={styles.pair}>
        <NumberField
          label={t("trainTime")}
          labelExtra={<Definition term={t("trainTime")}>{t("trainTimeDefinition")}</Definition>}
          unit={t("minutes")}
          value={choice.train_minutes ?? Number.NaN}
          onChange={(train_minutes) => change({ train_minutes })}
          minValue={0.1}
        />
        <NumberField
          label={t("stopTime")}
          labelExtra={<Definition term={t("stopTime")}>{t("stopTimeDefinition")}</Definition>}
          unit={t("minutesWithoutBetter")}
          value={choice.stop_minutes ?? Number.NaN}
          onChange={(stop_minutes) => change({ stop_minutes })}
          minValue={0.1}
        />
      </div>
      <div className={styles.fold}>
        <button type="button" aria-expanded={isAdvanced} onClick={() => setIsAdvanced(!isAdvanced)}>
          <Icon of={isAdvanced ? ChevronDown : ChevronRight} />
          {t("advanced")}
        </button>
      </div>
      {isAdvanced && <AdvancedFields defaults={defaults} choice={choice} onChange={change} />}
      <Summary defaults={defaults} choice={choice} startsFrom={size?.starts_from ?? ""} />
      <ErrorMessage error={start.error} />
      <footer className={styles.footer}>
        <span className={styles.waits}>
          {defaults.waits_for.length > 0 && t("startsAfter", { names: defaults.waits_for.join(", ") })}
        </span>
        <Button onPress={onClose}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" isDisabled={start.isPending || defaults.problem !== null}>
          {t("start")}
        </Button>
      </footer>
    </form>
  );
}

/** What Start will do, in a sentence, or why it cannot. */
function Summary({
  defaults,
  choice,
  startsFrom,
}: {
  defaults: TrainingDefaults;
  choice: NewModel;
  startsFrom: string;
}) {
  const { t } = useTranslation("train");
  if (defaults.problem !== null) return <ErrorMessage error={defaults.problem} />;
  const validation = choice.use_validation_set
    ? defaults.marked_images
    : Math.max(
        1,
        Math.round((defaults.labeled_images * (choice.validation_percent ?? defaults.validation_percent)) / 100),
      );
  return (
    <div className={styles.summary}>
      <Icon of={Info} />
      <div>
        <b>
          {t("willTrain", {
            training: defaults.labeled_images - validation,
            validation,
            minutes: choice.train_minutes,
            device: defaults.device,
          })}
        </b>
        <p>
          {t("startsFrom", { weights: startsFrom })}{" "}
          {defaults.unlabeled_images > 0 && t("unlabeledStayOut", { count: defaults.unlabeled_images })}
        </p>
      </div>
    </div>
  );
}

function initialChoice(defaults: TrainingDefaults): NewModel {
  const size = defaults.sizes.find((one) => one.size === defaults.size);
  return {
    name: defaults.name,
    size: defaults.size,
    ...(size
      ? { train_minutes: size.train_minutes, stop_minutes: size.stop_minutes, image_size: size.image_size }
      : {}),
    use_validation_set: defaults.use_validation_set,
    validation_percent: defaults.validation_percent,
  };
}
