/** One image large: prediction and ground truth over it, its list, and the keys to walk from image to image. */
import { ChevronLeft, ChevronRight, Pencil, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useKeys } from "../../../app/useKeys.ts";
import { IconButton, LinkButton } from "../../../components/Button.tsx";
import { formatPercent } from "../../../components/format.ts";
import { MaskedImage } from "../../../components/MaskedImage.tsx";
import { SegmentedControl } from "../../../components/SegmentedControl.tsx";
import { Switch } from "../../../components/Switch.tsx";
import type { PredictionFilter } from "../statisticsQueries.ts";
import type { JudgedImage } from "../statisticsTypes.ts";
import { JudgedList } from "./JudgedList.tsx";
import styles from "./JudgedViewer.module.css";
import { linesOf, masksOf, onlyOf } from "./judgement.ts";

interface JudgedViewerProps {
  projectId: number;
  images: readonly JudgedImage[];
  imageId: number;
  /** The image where the list does not have it yet: an address or a suspect label may lead to any. */
  alone: JudgedImage | null | undefined;
  filter: PredictionFilter;
  onFilter: (filter: PredictionFilter) => void;
  /** Of each label, 0-1. */
  thresholds: ReadonlyMap<string, number>;
  /** Null closes. */
  onMove: (imageId: number | null) => void;
  hasMore: boolean;
  isFetching: boolean;
  onMore: () => void;
}

export function JudgedViewer(props: JudgedViewerProps) {
  const { projectId, images, imageId, alone, filter, onFilter, onMove, hasMore, isFetching, onMore } = props;
  const { t } = useTranslation(["statistics", "common"]);
  const navigate = useNavigate();
  const [showsPredictions, setShowsPredictions] = useState(true);
  const [showsTruth, setShowsTruth] = useState(true);
  const place = images.findIndex((image) => image.image_id === imageId);
  const image = images[place] ?? alone;
  const editor = `/projects/${projectId}/label/${imageId}`;
  const step = (by: number) => {
    const next = images[place + by];
    if (next) onMove(next.image_id);
    else if (by > 0 && hasMore && !isFetching) onMore();
  };
  useKeys(
    {
      left: () => step(-1),
      right: () => step(1),
      p: () => setShowsPredictions(!showsPredictions),
      t: () => setShowsTruth(!showsTruth),
      e: () => navigate(editor),
    },
    "dialog",
  );
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onMove(null)} className={styles.overlay ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog className={styles.dialog ?? ""}>
          <div className={styles.viewer}>
            <header className={styles.header}>
              <Heading slot="title" className={styles.name ?? ""}>
                {image?.name ?? t(image ? "deletedImage" : alone === null ? "notInSet" : "findingImage")}
              </Heading>
              {place >= 0 && (
                <span className={styles.place}>{t("placeOf", { place: place + 1, count: images.length })}</span>
              )}
              <span className={styles.space} />
              <IconButton
                icon={ChevronLeft}
                label={t("previous")}
                hint="←"
                onPress={() => step(-1)}
                isDisabled={place <= 0}
              />
              <IconButton
                icon={ChevronRight}
                label={t("next")}
                hint="→"
                onPress={() => step(1)}
                isDisabled={place === images.length - 1 && !hasMore}
              />
              {image?.name != null && (
                <LinkButton
                  icon={Pencil}
                  to={editor}
                  title="E"
                  aria-label={t("openInEditor")}
                  className={styles.editor ?? ""}
                >
                  {t("openInEditor")}
                </LinkButton>
              )}
              <IconButton icon={X} label={t("common:close")} hint="Esc" onPress={() => onMove(null)} />
            </header>
            {image && (
              <Judged
                key={image.image_id}
                {...props}
                image={image}
                tools={
                  <>
                    <Switch labelFirst isSelected={showsPredictions} onChange={setShowsPredictions}>
                      {t("prediction")}
                    </Switch>
                    <Switch labelFirst isSelected={showsTruth} onChange={setShowsTruth}>
                      {t("groundTruth")}
                    </Switch>
                  </>
                }
                showsPredictions={showsPredictions}
                showsTruth={showsTruth}
                choice={
                  <SegmentedControl<PredictionFilter>
                    label={t("which")}
                    value={filter}
                    onChange={onFilter}
                    options={[
                      { value: "all", text: t("filterAllShort") },
                      { value: "correct", text: t("correct") },
                      { value: "incorrect", text: t("incorrect") },
                    ]}
                  />
                }
              />
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface JudgedProps extends JudgedViewerProps {
  image: JudgedImage;
  showsPredictions: boolean;
  showsTruth: boolean;
  tools: ReactNode;
  choice: ReactNode;
}

function Judged({ image, filter, thresholds, showsPredictions, showsTruth, tools, choice }: JudgedProps) {
  const { t } = useTranslation("statistics");
  const [chosenId, setChosenId] = useState<string | null>(null);
  const shown = onlyOf(image, filter);
  const masks = masksOf(shown, {
    showsPredictions,
    showsTruth,
    chosenId,
    textOf: ({ judgement, label, score, iou }) =>
      judgement === "missed"
        ? t("missedOne", { label })
        : t("predictedOne", { label, score: formatPercent(score), iou: formatPercent(iou, 0) }),
  });
  return (
    <>
      <MaskedImage
        url={image.name === null ? "" : `/api/v1/images/${image.image_id}/display`}
        name={image.name ?? t("deletedImage")}
        size={{ width: image.width, height: image.height }}
        masks={masks}
        masksLabel={t("masksDrawn", { count: masks.length })}
        showsTexts={false}
        chosenId={chosenId}
        onChoose={setChosenId}
        tools={tools}
      />
      <aside className={styles.side}>
        <div className={styles.choice}>{choice}</div>
        <JudgedList lines={linesOf(shown)} thresholds={thresholds} chosenId={chosenId} onChoose={setChosenId} />
        <p className={styles.keys}>{t("viewerKeys")}</p>
      </aside>
    </>
  );
}
