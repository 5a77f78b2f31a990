import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatAgo, formatBytes } from "../../components/format.ts";
import { LabeledCell, numberCell, Table } from "../../components/Table.tsx";
import type { Queue, Worker } from "./trainingQueries.ts";

const PACE_DECIMALS = 2;
const SIZES = ["small", "medium", "large"] as const;

/** Every worker that is alive: what it is, how fast trainings were on such a device, and which model it has. */
export function WorkerTable({ queue }: { queue: Queue }) {
  const { t } = useTranslation("train");
  return (
    <Table label={t("workers")} isStackedOnPhone>
      <thead>
        <tr>
          <th>{t("machine")}</th>
          <th>{t("device")}</th>
          <th className={numberCell}>{t("memory")}</th>
          <th>{t("pace")}</th>
          <th>{t("trains")}</th>
          <th>{t("lastBeat")}</th>
        </tr>
      </thead>
      <tbody>
        {queue.workers.map((worker) => (
          <tr key={worker.id} title={worker.id}>
            <td>{worker.hostname}</td>
            <LabeledCell label={t("device")}>{worker.device}</LabeledCell>
            <LabeledCell label={t("memory")} className={numberCell}>
              {worker.memory_bytes === null ? "–" : formatBytes(worker.memory_bytes)}
            </LabeledCell>
            <LabeledCell label={t("pace")}>
              <Paces worker={worker} />
            </LabeledCell>
            <LabeledCell label={t("trains")}>
              <Trained queue={queue} worker={worker} />
            </LabeledCell>
            <LabeledCell label={t("lastBeat")}>{formatAgo(worker.heartbeat_at)}</LabeledCell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Paces({ worker }: { worker: Worker }) {
  const { t } = useTranslation("train");
  const measured = SIZES.flatMap((size) => {
    const pace = worker.images_per_second[size];
    return pace === undefined ? [] : [t("paceOfSize", { size: t(size), pace: pace.toFixed(PACE_DECIMALS) })];
  });
  return measured.length === 0 ? t("notMeasured") : measured.join(", ");
}

function Trained({ queue, worker }: { queue: Queue; worker: Worker }) {
  const { t } = useTranslation("train");
  const model = queue.running.find(({ id }) => id === worker.model_id);
  return model ? <Link to={`/models/${model.id}`}>{model.name}</Link> : t("idle");
}
