import { type CSSProperties, memo, type ReactNode, useSyncExternalStore } from "react";
import { classNames } from "../../../components/classNames.ts";
import { formatPercent } from "../../../components/format.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type Shape, shapeBox, shapePolygons } from "../../../editor/instance.ts";
import { polygonsPath } from "../../../geometry/svgPath.ts";
import type { View } from "../../../render/view.ts";
import type { Signal } from "../work/signal.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./DraftLabels.module.css";
import type { DraftLabel } from "./draftLabels.ts";
import type { DraftDesk } from "./useDraftLabels.ts";

/** Of more, only the chosen one says its score: they would hide the image. */
const MOST_TAGS = 60;

interface DraftOverlayProps {
  desk: DraftDesk;
  view: Signal<View>;
  colorOf: (label: string) => string;
  editor: Editor;
}

/** The drafts over the canvas, dashed and with their scores: they are no objects, and no tool changes them. */
export function DraftOverlay({ desk, view, colorOf, editor }: DraftOverlayProps) {
  useEditor(editor, "tool");
  const { open, chosen } = desk;
  // with a drawing tool in hand a click is meant for the image
  const onPick = editor.tool.name === "edit" ? desk.choose : null;
  const tagged = open.length <= MOST_TAGS ? open : open.filter((draft) => draft === chosen);
  return (
    <>
      <Outlines view={view}>
        {open.map((draft) => (
          <Outline
            key={draft.instance.id}
            shape={draft.instance.shape}
            color={colorOf(draft.instance.label)}
            isChosen={draft === chosen}
          />
        ))}
      </Outlines>
      <Tags view={view}>
        {tagged.map((draft) => (
          <Tag
            key={draft.instance.id}
            draft={draft}
            color={colorOf(draft.instance.label)}
            isChosen={draft === chosen}
            onPick={onPick}
          />
        ))}
      </Tags>
    </>
  );
}

/** While the image moves nothing but the frame of the outlines is drawn anew. */
function Outlines({ view, children }: { view: Signal<View>; children: ReactNode }) {
  const { scale, x, y } = useSyncExternalStore(view.subscribe, view.get);
  return (
    <svg className={styles.overlay} aria-hidden="true" data-testid="drafts">
      <g transform={`translate(${x} ${y}) scale(${scale})`}>{children}</g>
    </svg>
  );
}

function Tags({ view, children }: { view: Signal<View>; children: ReactNode }) {
  const { scale, x, y } = useSyncExternalStore(view.subscribe, view.get);
  const frame: CSSProperties & Record<"--scale", number> = {
    transform: `translate(${x}px, ${y}px)`,
    "--scale": scale,
  };
  return (
    <div className={styles.overlay} aria-hidden="true">
      <div className={styles.tags} style={frame}>
        {children}
      </div>
    </div>
  );
}

const Outline = memo(function Outline({ shape, color, isChosen }: { shape: Shape; color: string; isChosen: boolean }) {
  const path = pathOf(shape);
  return (
    <g className={classNames(isChosen && styles.chosenOutline)}>
      <path className={styles.halo} d={path} />
      <path className={styles.outline} d={path} style={{ stroke: color, fill: color }} />
    </g>
  );
});

interface TagProps {
  draft: DraftLabel;
  color: string;
  isChosen: boolean;
  onPick: ((draft: DraftLabel) => void) | null;
}

function Tag({ draft, color, isChosen, onPick }: TagProps) {
  const { x0, x1, y0 } = shapeBox(draft.instance.shape);
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.tag, isChosen && styles.chosenTag)}
      style={{
        left: `calc(var(--scale) * ${(x0 + x1) / 2}px)`,
        top: `calc(var(--scale) * ${y0}px)`,
        pointerEvents: onPick ? "auto" : "none",
      }}
      onClick={() => onPick?.(draft)}
    >
      <i style={{ background: color }} />
      {formatPercent(draft.score, 0)}
    </button>
  );
}

/** Shapes never change, so their paths are made once. */
const paths = new WeakMap<Shape, string>();

function pathOf(shape: Shape): string {
  const known = paths.get(shape);
  if (known !== undefined) return known;
  const path = polygonsPath(shapePolygons(shape, 0));
  paths.set(shape, path);
  return path;
}
