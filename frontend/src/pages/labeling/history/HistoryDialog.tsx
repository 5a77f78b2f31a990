import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Revision } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatMoment } from "../../../components/format.ts";
import { showToast } from "../../../components/toasts.ts";
import { restore } from "../../../editor/shaping.ts";
import type { OpenImage } from "../work/sessionState.ts";
import styles from "./HistoryDialog.module.css";
import { PastPicture } from "./PastPicture.tsx";
import { pastInstancesQuery, revisionsQuery } from "./revisionQueries.ts";

interface HistoryDialogProps {
  open: OpenImage;
  colorOf: (label: string) => string;
  isOpen: boolean;
  onClose: () => void;
}

/** The saves of the image: the chosen one's objects are shown, and can be brought back. */
export function HistoryDialog({ isOpen, onClose, ...rest }: HistoryDialogProps) {
  const { t } = useTranslation("labeling");
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("history.title")} subtitle={rest.open.image.name} size="large">
      <Saves {...rest} onClose={onClose} />
    </Dialog>
  );
}

function Saves({ open, colorOf, onClose }: Omit<HistoryDialogProps, "isOpen">) {
  const { t } = useTranslation("labeling");
  const { image, editor } = open;
  const saves = useInfiniteQuery(revisionsQuery(image.id));
  const [chosen, setChosen] = useState<number | null>(null);
  const items = saves.data?.pages.flatMap(({ items: some }) => some);
  const shown = chosen ?? items?.[0]?.revision ?? null;
  const past = useQuery({ ...pastInstancesQuery(image.id, shown ?? 0), enabled: shown !== null });
  const error = saves.error ?? past.error;
  if (error) return <ErrorMessage error={error} />;
  if (!items) return <div className={styles.waiting} />;
  if (shown === null) return <p className={styles.none}>{t("history.none")}</p>;
  const bringBack = () => {
    if (!past.data) return;
    restore(editor, past.data);
    onClose();
    showToast(t("history.restored"), { action: { text: t("action.undo"), run: () => editor.undo() } });
  };
  return (
    <div className={styles.columns}>
      <div className={styles.list}>
        <ol aria-label={t("history.saves")}>
          {items.map((save) => (
            <SaveRow key={save.revision} save={save} isChosen={save.revision === shown} onChoose={setChosen} />
          ))}
          <FirstRow oldest={items.at(-1)} isLast={!saves.hasNextPage} chosen={shown} onChoose={setChosen} />
        </ol>
        {saves.hasNextPage && <Button onPress={() => void saves.fetchNextPage()}>{t("history.more")}</Button>}
      </div>
      <div className={styles.past}>
        <PastPicture image={image} instances={past.data ?? null} colorOf={colorOf} />
        <div className={styles.foot}>
          <span role="status">{past.data ? t("history.objects", { count: past.data.length }) : ""}</span>
          <Button kind="primary" isDisabled={!past.data || shown === items[0]?.revision} onPress={bringBack}>
            {t("history.restore")}
          </Button>
        </div>
      </div>
    </div>
  );
}

interface SaveRowProps {
  save: Revision;
  isChosen: boolean;
  onChoose: (revision: number) => void;
}

function SaveRow({ save, isChosen, onChoose }: SaveRowProps) {
  const { t } = useTranslation("labeling");
  return (
    <Row moment={formatMoment(save.saved_at)} isChosen={isChosen} onPress={() => onChoose(save.revision)}>
      <span className={styles.what}>{whatOf(save, t)}</span>
      <span className={styles.who}>
        {save.saved_by?.name || t("history.someone")}
        {save.cause !== "save" && ` · ${t(`history.cause.${save.cause}`)}`}
      </span>
    </Row>
  );
}

/** What there was before the first save that is kept. */
function FirstRow(props: {
  oldest: Revision | undefined;
  isLast: boolean;
  chosen: number;
  onChoose: (revision: number) => void;
}) {
  const { t } = useTranslation("labeling");
  const { oldest, isLast, chosen, onChoose } = props;
  if (!oldest || !isLast) return null;
  return (
    <Row
      moment={t("history.before")}
      isChosen={chosen === oldest.came_from}
      onPress={() => onChoose(oldest.came_from)}
    />
  );
}

interface RowProps {
  moment: string;
  isChosen: boolean;
  onPress: () => void;
  children?: ReactNode;
}

function Row({ moment, isChosen, onPress, children }: RowProps) {
  return (
    <li>
      <button
        type="button"
        className={classNames(styles.row, isChosen && styles.chosen)}
        aria-pressed={isChosen}
        onClick={onPress}
      >
        <span className={styles.moment}>{moment}</span>
        {children}
      </button>
    </li>
  );
}

function whatOf({ added, changed, deleted }: Revision, t: TFunction<"labeling">): string {
  const parts = [
    added > 0 && t("history.added", { count: added }),
    changed > 0 && t("history.changed", { count: changed }),
    deleted > 0 && t("history.deleted", { count: deleted }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : t("history.order");
}
