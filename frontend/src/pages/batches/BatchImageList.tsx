/** The images of a batch with how many objects each has; more come as one scrolls. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { classNames } from "../../components/classNames.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount } from "../../components/format.ts";
import listStyles from "../predict/PictureList.module.css";
import styles from "./BatchPage.module.css";
import { type Batch, type BatchImageItem, batchImagesQuery, isGoing } from "./batchQueries.ts";
import { thumbnailOf } from "./pictureOf.ts";

interface BatchImageListProps {
  batch: Batch;
  position: number;
  onShow: (position: number) => void;
}

const ROW_PX = 54;
const POLL_MS = 2_000;

export function BatchImageList({ batch, position, onShow }: BatchImageListProps) {
  const { t } = useTranslation("predict");
  const scroller = useRef<HTMLDivElement>(null);
  const images = useImages(batch);
  const items = images.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = useVirtualizer({
    count: batch.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    useFlushSync: false,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { hasNextPage, isFetching, fetchNextPage } = images;
  useEffect(() => {
    if (last >= items.length && hasNextPage && !isFetching) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetching, fetchNextPage]);
  useEffect(() => rows.scrollToIndex(position - 1), [rows, position]);
  return (
    <>
      <h2 className={listStyles.title}>
        {t("images")} <span>{formatCount(batch.total)}</span>
      </h2>
      <ErrorMessage error={images.error} onRetry={() => void images.refetch()} />
      <div ref={scroller} className={styles.images}>
        <ul className={styles.virtual} style={{ height: rows.getTotalSize() }}>
          {shown.map(({ key, index, start }) => {
            const image = items[index];
            return (
              <li key={key} style={{ transform: `translateY(${start}px)` }}>
                {image && <ImageRow {...{ batch, image, onShow }} isShown={image.position === position} />}
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}

/** Asked for again while the worker is at it, and once more when it has ended. */
function useImages(batch: Batch) {
  const going = isGoing(batch);
  const images = useInfiniteQuery({ ...batchImagesQuery(batch.id), refetchInterval: going ? POLL_MS : false });
  const wasGoing = useRef(going);
  const { refetch } = images;
  useEffect(() => {
    if (wasGoing.current && !going) void refetch();
    wasGoing.current = going;
  }, [going, refetch]);
  return images;
}

interface ImageRowProps {
  batch: Batch;
  image: BatchImageItem;
  isShown: boolean;
  onShow: (position: number) => void;
}

function ImageRow({ batch, image, isShown, onShow }: ImageRowProps) {
  const url = thumbnailOf(batch, image);
  return (
    <button
      type="button"
      className={classNames(listStyles.item, isShown && listStyles.shown)}
      aria-current={isShown}
      onClick={() => onShow(image.position)}
    >
      <span className={listStyles.thumbnail}>{url !== null && <img src={url} alt="" loading="lazy" />}</span>
      <span className={listStyles.text}>
        <span className={listStyles.name} title={image.name}>
          {image.name}
        </span>
        <ImageState image={image} isGoing={isGoing(batch)} />
      </span>
    </button>
  );
}

function ImageState({ image, isGoing: isWaiting }: { image: BatchImageItem; isGoing: boolean }) {
  const { t } = useTranslation(["predict", "batches"]);
  if (image.error !== null) return <span className={listStyles.failed}>{t("predict:failed")}</span>;
  const text =
    image.prediction_count !== null
      ? t("predict:objects", { count: image.prediction_count })
      : isWaiting
        ? t("predict:waiting")
        : t("batches:notDone");
  return <span className={listStyles.note}>{text}</span>;
}
