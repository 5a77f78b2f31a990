import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { Eye, EyeOff, Lock, LockOpen, Trash2 } from "lucide-react";
import { memo, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Swatch } from "../../../components/Swatch.tsx";
import { deleteObjects } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type Instance, shapeArea, shapePoints } from "../../../editor/instance.ts";
import { NothingHere } from "../background/NothingHere.tsx";
import type { Background } from "../background/useBackground.ts";
import { useEditor } from "../work/useEditor.ts";
import { ObjectMenu } from "./ObjectMenu.tsx";
import styles from "./SidePanel.module.css";
import { SimplifySlider } from "./SimplifySlider.tsx";

interface ObjectListProps {
  editor: Editor;
  background: Background;
  colorOf: (label: string) => string;
}

/** From this many on a search field is worth its room; what is searched for goes on to images with fewer. */
const SEARCH_FROM = 12;
const ROW_HEIGHT = 32;
const DETAIL_HEIGHT = 64;

/** What the list shows of an editor. */
interface Listed {
  readonly editor: Editor;
  readonly instances: readonly Instance[];
  readonly selectedId: string | null;
  readonly hidden: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
}

/** Drawing comes before the list, which follows between two frames. */
export function ObjectList({ editor, background, colorOf }: ObjectListProps) {
  useEditor(editor, "document", "selection", "visibility");
  const { selectedId, hidden, locked } = editor;
  const { instances } = editor.document;
  const listed = useMemo<Listed>(
    () => ({ editor, instances, selectedId, hidden, locked }),
    [editor, instances, selectedId, hidden, locked],
  );
  return <ObjectSection listed={useDeferredValue(listed)} background={background} colorOf={colorOf} />;
}

interface ListedProps {
  listed: Listed;
  colorOf: (label: string) => string;
}

interface ObjectSectionProps extends ListedProps {
  background: Background;
}

const ObjectSection = memo(function ObjectSection({ listed, background, colorOf }: ObjectSectionProps) {
  const { t } = useTranslation("labeling");
  const heading = useId();
  const [search, setSearch] = useState("");
  const { editor, instances, selectedId, hidden } = listed;
  const named = useMemo(() => nameObjects(instances), [instances]);
  const chosen = named.find(({ instance }) => instance.id === selectedId);
  const isAllHidden = instances.length > 0 && instances.every(({ id }) => hidden.has(id));
  const shown = named.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <section className={styles.objects} aria-labelledby={heading}>
      <header className={styles.heading}>
        <h2 id={heading}>{t("objects")}</h2>
        <span className={styles.count}>{instances.length}</span>
        <IconButton
          icon={isAllHidden ? EyeOff : Eye}
          size="small"
          label={t(isAllHidden ? "showAll" : "hideAll")}
          isDisabled={instances.length === 0}
          onPress={() => editor.setHidden(isAllHidden ? [] : instances.map(({ id }) => id))}
        />
      </header>
      <output className="visually-hidden">{chosen && t("chosenObject", { name: chosen.name })}</output>
      {(instances.length >= SEARCH_FROM || search !== "") && (
        <input
          type="search"
          className={styles.search}
          aria-label={t("searchObjects")}
          placeholder={t("searchObjects")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {instances.length === 0 ? (
        <NothingHere editor={editor} background={background} />
      ) : (
        <ObjectRows listed={listed} objects={shown} colorOf={colorOf} />
      )}
    </section>
  );
});

interface NamedObject {
  readonly instance: Instance;
  /** Its label and its number among those of the label: "date 2". */
  readonly name: string;
}

interface ObjectRowsProps extends ListedProps {
  objects: readonly NamedObject[];
}

function ObjectRows({ listed, objects, colorOf }: ObjectRowsProps) {
  const { selectedId } = listed;
  const scroller = useRef<HTMLDivElement>(null);
  const selectedIndex = objects.findIndex(({ instance }) => instance.id === selectedId);
  const rows = useVirtualizer({
    count: objects.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (i === selectedIndex ? ROW_HEIGHT + DETAIL_HEIGHT : ROW_HEIGHT),
    overscan: 6,
    // drawing comes before the list: its rows follow with the rest of the panels
    useFlushSync: false,
  });
  const height = rows.getTotalSize();
  // many come at once where the list goes to a far row
  const items = useDeferredValue(rows.getVirtualItems());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen row is higher than the others
  useEffect(() => rows.measure(), [rows, selectedIndex]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the last row's detail can be scrolled to once the list is as high
  useEffect(() => {
    if (selectedIndex >= 0) rows.scrollToIndex(selectedIndex);
  }, [rows, selectedIndex, height]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul style={{ height }} className={styles.virtual}>
        <RowsInSight {...{ listed, objects, colorOf, items }} />
      </ul>
    </div>
  );
}

interface RowsInSightProps extends ObjectRowsProps {
  items: readonly VirtualItem[];
}

const RowsInSight = memo(function RowsInSight({ listed, objects, colorOf, items }: RowsInSightProps) {
  const { editor, selectedId, hidden, locked } = listed;
  return items.map(({ key, index, start }) => {
    const object = objects[index];
    if (!object) return null;
    return (
      // By its place: the next image's objects take over the rows that are there, in a tenth of the time.
      <li key={key} style={{ transform: `translateY(${start}px)` }}>
        <ObjectRow
          editor={editor}
          instance={object.instance}
          name={object.name}
          color={colorOf(object.instance.label)}
          isChosen={object.instance.id === selectedId}
          isHidden={hidden.has(object.instance.id)}
          isLocked={locked.has(object.instance.id)}
        />
      </li>
    );
  });
});

interface ObjectRowProps extends NamedObject {
  editor: Editor;
  color: string;
  isChosen: boolean;
  isHidden: boolean;
  isLocked: boolean;
}

/** Drawn anew only when its own object is another: a stroke changes one of the rows in sight. */
const ObjectRow = memo(function ObjectRow(props: ObjectRowProps) {
  const { editor, instance, name, color, isChosen, isHidden, isLocked } = props;
  const { t } = useTranslation("labeling");
  const [wasNear, setWasNear] = useState(false);
  const comeNear = () => setWasNear(true);
  const size =
    instance.shape.kind === "mask"
      ? t("pixels", { count: instance.shape.mask.area })
      : t("points", { count: shapePoints(instance.shape) });
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nothing is done to it, its tools come */}
      <div
        className={classNames(styles.row, styles.object, isChosen && styles.chosen, isHidden && styles.hidden)}
        onPointerEnter={comeNear}
        onFocus={comeNear}
      >
        <AriaButton className={styles.pick ?? ""} aria-pressed={isChosen} onPress={() => editor.choose(instance.id)}>
          <Swatch color={color} isHollow={isHidden} />
          <span className={styles.name}>{name}</span>
          <span className={styles.size}>{size}</span>
        </AriaButton>
        {(wasNear || isChosen || isLocked) && (
          <RowTools editor={editor} id={instance.id} name={name} isLocked={isLocked} />
        )}
        <IconButton
          icon={isHidden ? EyeOff : Eye}
          size="small"
          label={t(isHidden ? "show" : "hide", { name })}
          onPress={() => editor.setHidden(toggled(editor.hidden, instance.id))}
        />
      </div>
      {isChosen && <ObjectDetail editor={editor} instance={instance} />}
    </>
  );
});

interface RowToolsProps {
  editor: Editor;
  id: string;
  name: string;
  isLocked: boolean;
}

/** Seen in a row that is chosen, pointed at or focused; the others, which come by the dozen with a scroll, do without. */
const RowTools = memo(function RowTools({ editor, id, name, isLocked }: RowToolsProps) {
  const { t } = useTranslation("labeling");
  return (
    <>
      <span className={styles.extra}>
        <ObjectMenu editor={editor} id={id} name={name} />
      </span>
      <span className={classNames(styles.extra, isLocked && styles.always)}>
        <IconButton
          icon={isLocked ? Lock : LockOpen}
          size="small"
          label={t(isLocked ? "unlock" : "lock", { name })}
          onPress={() => editor.setLocked(toggled(editor.locked, id))}
        />
      </span>
      <span className={styles.extra}>
        <IconButton
          icon={Trash2}
          size="small"
          label={t("deleteObject", { name })}
          isDisabled={isLocked}
          onPress={() => deleteObjects(editor, [id])}
        />
      </span>
    </>
  );
});

function ObjectDetail({ editor, instance }: { editor: Editor; instance: Instance }) {
  const { t } = useTranslation("labeling");
  const { shape } = instance;
  const parts: string[] = [];
  if (shape.kind === "mask") parts.push(t("bitmap"));
  else {
    const holes = shape.polygons.reduce((sum, polygon) => sum + polygon.holes.length, 0);
    parts.push(t("parts", { count: shape.polygons.length }));
    if (holes > 0) parts.push(t("holes", { count: holes }));
  }
  parts.push(t("pixels", { count: Math.round(shapeArea(shape)) }));
  const canSimplify = shape.kind === "polygons" && !editor.isFixed(instance.id);
  return (
    <div className={styles.detail}>
      {parts.join(" · ")}
      {canSimplify && <SimplifySlider key={instance.id} editor={editor} instance={instance} />}
    </div>
  );
}

function nameObjects(instances: readonly Instance[]): NamedObject[] {
  const counts = new Map<string, number>();
  return instances.map((instance) => {
    const number = (counts.get(instance.label) ?? 0) + 1;
    counts.set(instance.label, number);
    return { instance, name: `${instance.label} ${number}` };
  });
}

function toggled(ids: ReadonlySet<string>, id: string): string[] {
  return ids.has(id) ? [...ids].filter((other) => other !== id) : [...ids, id];
}
