import { useQuery } from "@tanstack/react-query";
import { memo, type RefObject, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { projectQuery } from "../../api/queries.ts";
import type { LabelClass } from "../../api/types.ts";
import { classNames } from "../../components/classNames.ts";
import { setLabel } from "../../editor/actions.ts";
import type { KeyAction } from "../../editor/keys.ts";
import { Review } from "../fixes/Review.tsx";
import { useBackground } from "./background/useBackground.ts";
import { CanvasArea } from "./canvas/CanvasArea.tsx";
import { DraftOverlay } from "./draftLabels/DraftOverlay.tsx";
import { DraftPanel } from "./draftLabels/DraftPanel.tsx";
import { useDraftLabels } from "./draftLabels/useDraftLabels.ts";
import { HistoryButton } from "./history/HistoryButton.tsx";
import styles from "./LabelingDesk.module.css";
import { DisplaySettings } from "./panels/DisplaySettings.tsx";
import { FilmStrip } from "./panels/FilmStrip.tsx";
import { KeysDialog } from "./panels/KeysDialog.tsx";
import { LabelList } from "./panels/LabelList.tsx";
import { LabelPalette } from "./panels/LabelPalette.tsx";
import { ObjectList } from "./panels/ObjectList.tsx";
import { SaveStatus } from "./panels/SaveStatus.tsx";
import sideStyles from "./panels/SidePanel.module.css";
import { ToolRail } from "./panels/ToolRail.tsx";
import {
  useCanvasParts,
  useColors,
  useDeskActions,
  useDeskPanels,
  useLabelNames,
  useLook,
  useRestoredNotice,
} from "./useDesk.ts";
import type { ImageRow } from "./work/imageRow.ts";
import type { LabelingSession } from "./work/labelingSession.ts";
import type { PageActions } from "./work/pageActions.ts";
import { usePreference } from "./work/preferences.ts";
import type { OpenImage } from "./work/sessionState.ts";
import type { ImageSteps } from "./work/useImageSteps.ts";
import { useKeymap } from "./work/useKeymap.ts";
import { useKeys } from "./work/useKeys.ts";

interface LabelingDeskProps {
  projectId: number;
  /** The address's; its objects may still be on their way. */
  imageId: number;
  ids: readonly number[];
  kind: ImageRow["kind"];
  labels: readonly LabelClass[];
  session: LabelingSession;
  open: OpenImage;
  steps: ImageSteps;
  /** Where the session looks for what the core asks of the page. */
  actions: RefObject<PageActions>;
}

/** Rail, canvas, panels and strip around one open image. */
export const LabelingDesk = memo(function LabelingDesk(props: LabelingDeskProps) {
  const { projectId, imageId, ids, kind, labels, session, open, steps, actions } = props;
  const { t } = useTranslation("labeling");
  const { editor } = open;
  const canvas = useCanvasParts();
  const panels = useDeskPanels(canvas.surface);
  const [display, setDisplay] = usePreference("display");
  const colorOf = useColors(labels);
  const look = useLook(colorOf, display);
  const keys = useKeymap(editor);
  useLabelNames(open, labels);
  useRestoredNotice(open);
  useKeys(session);
  const drafts = useDraftLabels({ projectId, open, ids, steps, canvas });
  const background = useBackground(projectId, open);
  const more = { ...drafts.actions, background: background.toggle };
  useDeskActions({ actions, canvas, panels, session, steps, more });
  const act = useCallback((action: KeyAction) => void editor.act(action), [editor]);
  return (
    <div className={classNames(styles.desk, !panels.showsPanels && styles.wide)}>
      <p className={styles.phone}>{t("phone")}</p>
      <ToolRail editor={editor} onAction={act} />
      <CanvasArea {...{ projectId, session, open, canvas, panels, look, display }} onAction={act}>
        {drafts.isShown && <DraftOverlay desk={drafts} view={canvas.view} {...{ editor, colorOf }} />}
        <Review {...{ projectId, open, canvas, colorOf }} />
      </CanvasArea>
      {panels.showsPanels && (
        <aside className={sideStyles.panel} aria-label={t("panels")}>
          <LabelList {...{ editor, projectId, labels }} isAdding={panels.isAdding} onAdding={panels.setAdding} />
          <ObjectList {...{ editor, background, colorOf }} />
          <DraftPanel editor={editor} desk={drafts} colorOf={colorOf} />
          <DisplaySettings display={display} onChange={setDisplay} />
        </aside>
      )}
      <Strip {...{ projectId, imageId, ids, kind, session, open, steps, colorOf }} />
      <KeysDialog isOpen={panels.dialog === "keys"} keys={keys} onClose={() => panels.openDialog(null)} />
      <LabelPalette
        isOpen={panels.dialog === "palette"}
        projectId={projectId}
        labels={labels}
        onChoose={(label) => setLabel(editor, label)}
        onClose={() => panels.openDialog(null)}
      />
    </div>
  );
});

interface StripProps
  extends Pick<LabelingDeskProps, "projectId" | "imageId" | "ids" | "kind" | "session" | "open" | "steps"> {
  colorOf: (label: string) => string;
}

/** The row of images with the project's progress, and whether all is saved. */
function Strip({ projectId, imageId, ids, kind, session, open, steps, colorOf }: StripProps) {
  const project = useQuery(projectQuery(projectId)).data;
  return (
    <FilmStrip
      ids={ids}
      kind={kind}
      imageId={imageId}
      labeled={project?.labeled_count ?? 0}
      total={project?.image_count ?? ids.length}
      onOpen={steps.open}
      onStep={steps.step}
    >
      <HistoryButton open={open} colorOf={colorOf} />
      <SaveStatus session={session} open={open} />
    </FilmStrip>
  );
}
