/** Models that wait, in order: dragged by pointer or keyboard, or moved by the buttons of each row. */
import { ArrowDown, ArrowUp, GripVertical } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { IconButton } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import { CancelWaiting } from "./CancelWaiting.tsx";
import styles from "./QueuePage.module.css";
import { movedBy, movedTo } from "./queueOrder.ts";
import type { QueuedModel } from "./trainingQueries.ts";

interface QueuedListProps {
  models: readonly QueuedModel[];
  /** Whether this person may move any of them. */
  canReorder: boolean;
  onReorder: (order: number[]) => void;
}

export function QueuedList({ models, canReorder, onReorder }: QueuedListProps) {
  const { t } = useTranslation("train");
  const ids = models.map((model) => model.id);
  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: !canReorder,
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) =>
      onReorder(movedTo(ids, [...keys].map(Number), Number(target.key), target.dropPosition === "after")),
  });
  const [leaving, setLeaving] = useState<QueuedModel | null>(null);
  return (
    <>
      <GridList aria-label={t("waiting")} className={styles.list ?? ""} dragAndDropHooks={dragAndDropHooks}>
        {models.map((model, place) => (
          <GridListItem key={model.id} id={model.id} textValue={model.name} className={styles.row ?? ""}>
            <QueuedRow
              model={model}
              place={place}
              isLast={place === models.length - 1}
              onMove={(by) => onReorder(movedBy(ids, model.id, by))}
              onAsk={setLeaving}
            />
          </GridListItem>
        ))}
      </GridList>
      {leaving && <CancelDialog model={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

interface QueuedRowProps {
  model: QueuedModel;
  place: number;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onAsk: (model: QueuedModel) => void;
}

function QueuedRow({ model, place, isLast, onMove, onAsk }: QueuedRowProps) {
  const { t } = useTranslation("train");
  const isDeveloper = useIsDeveloper(model.project_id);
  return (
    <>
      {isDeveloper && (
        <AriaButton slot="drag" className={styles.grip ?? ""} aria-label={t("drag", { name: model.name })}>
          <Icon of={GripVertical} />
        </AriaButton>
      )}
      <span className={styles.place}>{place + 1}</span>
      <Link to={`/models/${model.id}`} className={styles.name}>
        {model.name}
      </Link>
      <span className={styles.note}>{`${model.project_name}, ${t(model.size)}`}</span>
      {isDeveloper && (
        <span className={styles.buttons}>
          <IconButton
            size="small"
            icon={ArrowUp}
            label={t("moveUp", { name: model.name })}
            isDisabled={place === 0}
            onPress={() => onMove(-1)}
          />
          <IconButton
            size="small"
            icon={ArrowDown}
            label={t("moveDown", { name: model.name })}
            isDisabled={isLast}
            onPress={() => onMove(1)}
          />
          <CancelWaiting model={model} onAsk={onAsk} />
        </span>
      )}
    </>
  );
}
