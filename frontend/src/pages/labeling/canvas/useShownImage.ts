import { type RefObject, useLayoutEffect } from "react";
import type { Editor } from "../../../editor/editor.ts";
import type { Point } from "../../../geometry/types.ts";
import type { Stage } from "../../../render/stage.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import { listenToPointers } from "./pointerInput.ts";
import type { Ruler } from "./ruler.ts";

interface ShownImageOptions {
  session: LabelingSession;
  stageRef: RefObject<Stage | null>;
  surfaceRef: RefObject<HTMLDivElement | null>;
  ruler: Ruler;
  onPointer: (point: Point | null) => void;
}

/**
 * Shows the session's image on the stage and sends it the pointer, past React: the next image is seen before the panels, which take
 * longer, are drawn anew. While an image is on its way the one before stays, and the pointer does nothing to it.
 */
export function useShownImage({ session, stageRef, surfaceRef, ruler, onPointer }: ShownImageOptions): void {
  useLayoutEffect(() => {
    let shown: Editor | null = null;
    let ignorePointers: () => void = () => undefined;
    const leave = () => {
      ignorePointers();
      ignorePointers = () => undefined;
      shown = null;
    };
    const follow = () => {
      const [stage, surface, open] = [stageRef.current, surfaceRef.current, session.current];
      if (!open) return leave();
      if (!stage || !surface) return;
      if (open.editor !== shown) {
        leave();
        shown = open.editor;
        stage.show(open.editor, open.pyramid);
        ignorePointers = listenToPointers({ surface, stage, editor: open.editor, ruler, onPointer });
      } else if (open.pyramid) stage.setImage(open.pyramid);
    };
    follow();
    const unsubscribe = session.subscribe(follow);
    return () => {
      unsubscribe();
      leave();
    };
  }, [session, stageRef, surfaceRef, ruler, onPointer]);
}
