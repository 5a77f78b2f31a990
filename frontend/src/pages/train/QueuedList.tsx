/** Models that wait, in order: dragged by pointer or keyboard, or moved by the buttons of each row. */
import { ArrowDown, ArrowUp, GripVertical } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { IconButton } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import { CancelWaiting } from "./CancelWaiting.tsx";
import styles from "./QueuePage.module.css";
import { movedBy, movedTo } from "./queueOrder.ts";
import type { QueuedModel } from "./trainingQueries.ts";

interface QueuedListProps {
  models: readonly QueuedModel[];
  /** Those that this person may move, in order: they change places among themselves. */
  ownIds: readonly number[];
  onReorder: (order: number[]) => void;
}

/** Of a row that is not one's own; a disabled one would take the focus from its link too. */
const NOT_DRAGGED = { draggable: false, onDragStart: undefined };

export function QueuedList({ models, ownIds, onReorder }: QueuedListProps) {
  const { t } = useTranslation("train");
  const ids = models.map((model) => model.id);
  const isOwn = (id: number) => ownIds.includes(id);
  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: ownIds.length < 2,
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const own = [...keys].map(Number).filter(isOwn);
      const order = movedTo(ids, own, Number(target.key), target.dropPosition === "after");
      if (own.length > 0) onReorder(order.filter(isOwn));
    },
  });
  const [leaving, setLeaving] = useState<QueuedModel | null>(null);
  return (
    <>
      <GridList aria-label={t("waiting")} className={styles.list ?? ""} dragAndDropHooks={dragAndDropHooks}>
        {models.map((model, place) => (
          <GridListItem
            key={model.id}
            id={model.id}
            textValue={model.name}
            className={styles.row ?? ""}
            render={(props) => <div {...props} {...(isOwn(model.id) ? {} : NOT_DRAGGED)} />}
          >
            <QueuedRow
              model={model}
              place={place}
              isOwn={isOwn(model.id)}
              isFirst={model.id === ownIds[0]}
              isLast={model.id === ownIds.at(-1)}
              onMove={(by) => onReorder(movedBy(ownIds, model.id, by))}
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
  isOwn: boolean;
  /** Of one's own. */
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onAsk: (model: QueuedModel) => void;
}

function QueuedRow({ model, place, isOwn, isFirst, isLast, onMove, onAsk }: QueuedRowProps) {
  const { t } = useTranslation("train");
  return (
    <>
      <AriaButton
        slot="drag"
        className={styles.grip ?? ""}
        aria-label={t("drag", { name: model.name })}
        isDisabled={!isOwn || (isFirst && isLast)}
      >
        <Icon of={GripVertical} />
      </AriaButton>
      <span className={styles.place}>{place + 1}</span>
      <Link to={`/models/${model.id}`} className={styles.name}>
        {model.name}
      </Link>
      <span className={styles.note}>{`${model.project_name}, ${t(model.size)}`}</span>
      {isOwn && (
        <span className={styles.buttons}>
          <IconButton
            size="small"
            icon={ArrowUp}
            label={t("moveUp", { name: model.name })}
            isDisabled={isFirst}
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
