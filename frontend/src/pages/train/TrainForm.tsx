/** A name and Start are enough; the rest has defaults that grow with the set and shrink with a faster device. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import type { Model, NewModel } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { Definition } from "../../components/Definition.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatMap } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { Select } from "../../components/Select.tsx";
import { TextField } from "../../components/TextField.tsx";
import { AdvancedFields } from "./AdvancedFields.tsx";
import {
  changed,
  continuing,
  type Earlier,
  hasCheckpoint,
  initialChoice,
  sizeOf,
  withSize,
  withTimes,
} from "./choice.ts";
import { SizeCards } from "./SizeCards.tsx";
import { Summary } from "./Summary.tsx";
import styles from "./TrainDialog.module.css";
import type { TrainingDefaults } from "./trainingQueries.ts";
import { useDefaultsAt } from "./useDefaultsAt.ts";

interface TrainFormProps {
  projectId: number;
  defaults: TrainingDefaults;
  models: readonly Model[];
  earlier: Earlier | undefined;
  onClose: () => void;
}

const ANEW = "anew";
const NAMED_TRAININGS = 4;
const LONGEST_MINUTES = 30 * 24 * 60;

export function TrainForm({ projectId, defaults, models, earlier, onClose }: TrainFormProps) {
  const { t } = useTranslation("train");
  const client = useQueryClient();
  const [isAdvanced, setIsAdvanced] = useState(earlier?.way === "like");
  const [choice, setChoice] = useState<NewModel>(() => initialChoice(defaults, earlier, models));
  const [problem, setProblem] = useState<string | null>(defaults.problem);
  const continued = models.find((model) => model.id === choice.continue_from);
  const change = (values: Partial<NewModel>) => setChoice((old) => changed(old, values, defaults, continued));
  const { shown, isAsking } = useDefaultsAt(projectId, defaults, choice);
  const complete = withTimes(choice, sizeOf(shown, choice.size));

  const start = useMutation({
    mutationFn: () => api.post<Model>(`/api/v1/projects/${projectId}/models`, complete),
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
        sizes={shown.sizes}
        value={choice.size ?? defaults.size}
        onChange={(size) => setChoice((old) => withSize(old, size, continued))}
      />
      <Times choice={complete} onChange={change} />
      <ContinueFrom
        models={models}
        continued={continued}
        onChange={(model) => setChoice((old) => continuing(old, defaults, model))}
      />
      <div className={styles.fold}>
        <button type="button" aria-expanded={isAdvanced} onClick={() => setIsAdvanced(!isAdvanced)}>
          <Icon of={isAdvanced ? ChevronDown : ChevronRight} />
          {t("advanced")}
        </button>
      </div>
      {isAdvanced && <AdvancedFields defaults={defaults} choice={choice} onChange={change} />}
      <Summary
        projectId={projectId}
        defaults={shown}
        choice={complete}
        continued={continued}
        like={earlier?.way === "like" ? earlier.model : undefined}
        onProblem={setProblem}
      />
      <footer className={styles.footer}>
        {start.error && (
          <div className={styles.refused}>
            <ErrorMessage error={start.error} />
          </div>
        )}
        <span className={styles.waits}>{whatItWaitsFor(defaults, t)}</span>
        <Button onPress={onClose}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" isDisabled={start.isPending || isAsking || problem !== null}>
          {t("start")}
        </Button>
      </footer>
    </form>
  );
}

/** Nothing where it starts at once. */
function whatItWaitsFor(defaults: TrainingDefaults, t: ReturnType<typeof useTranslation<"train">>["t"]): string {
  if (!defaults.has_worker) return t("noWorkerYet");
  const { waits_for: own, waits_for_others: others } = defaults;
  const names = own.length > NAMED_TRAININGS ? [...own.slice(0, NAMED_TRAININGS), "…"] : own;
  const all = others > 0 ? [...names, t("trainingsOfOthers", { count: others })] : names;
  return all.length > 0 ? t("startsAfter", { names: all.join(", ") }) : "";
}

function Times({ choice, onChange }: { choice: NewModel; onChange: (values: Partial<NewModel>) => void }) {
  const { t } = useTranslation("train");
  return (
    <div className={styles.pair}>
      <NumberField
        label={t("trainTime")}
        labelExtra={<Definition term={t("trainTime")}>{t("trainTimeDefinition")}</Definition>}
        unit={t("minutes")}
        value={choice.train_minutes ?? Number.NaN}
        onChange={(train_minutes) => onChange({ train_minutes })}
        minValue={0.1}
        maxValue={LONGEST_MINUTES}
      />
      <NumberField
        label={t("stopTime")}
        labelExtra={<Definition term={t("stopTime")}>{t("stopTimeDefinition")}</Definition>}
        unit={t("minutesWithoutBetter")}
        value={choice.stop_minutes ?? Number.NaN}
        onChange={(stop_minutes) => onChange({ stop_minutes })}
        minValue={0.1}
        maxValue={LONGEST_MINUTES}
      />
    </div>
  );
}

interface ContinueFromProps {
  models: readonly Model[];
  continued: Model | undefined;
  onChange: (model: Model | undefined) => void;
}

/** Only where there is a model to go on from. */
function ContinueFrom({ models, continued, onChange }: ContinueFromProps) {
  const { t } = useTranslation("train");
  const candidates = models.filter(hasCheckpoint);
  if (candidates.length === 0) return null;
  return (
    <Select
      label={t("continueFrom")}
      value={continued === undefined ? ANEW : String(continued.id)}
      onChange={(id) => onChange(candidates.find((model) => String(model.id) === id))}
      options={[
        { value: ANEW, text: t("beginAnew") },
        ...candidates.map((model) => ({
          value: String(model.id),
          text: model.name,
          note: t("modelNote", { size: t(model.size), map: formatMap(model.best?.map) }),
        })),
      ]}
    />
  );
}
