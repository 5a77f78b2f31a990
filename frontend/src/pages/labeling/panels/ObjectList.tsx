import { useVirtualizer } from "@tanstack/react-virtual";
import { Eye, EyeOff, Lock, LockOpen, Trash2 } from "lucide-react";
import { memo, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Swatch } from "../../../components/Swatch.tsx";
import { deleteObjects } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type Instance, shapeArea, shapePoints } from "../../../editor/instance.ts";
import { useEditor } from "../work/useEditor.ts";
import { ObjectMenu } from "./ObjectMenu.tsx";
import styles from "./SidePanel.module.css";
import { SimplifySlider } from "./SimplifySlider.tsx";

interface ObjectListProps {
  editor: Editor;
  colorOf: (label: string) => string;
}

/** From this many on a search field is worth its room. */
const SEARCH_FROM = 12;
const ROW_HEIGHT = 32;
const DETAIL_HEIGHT = 64;

export function ObjectList({ editor, colorOf }: ObjectListProps) {
  const { t } = useTranslation("labeling");
  const heading = useId();
  const [search, setSearch] = useState("");
  useEditor(editor, "document", "selection", "visibility");
  const { instances } = editor.document;
  const named = useMemo(() => nameObjects(instances), [instances]);
  const chosen = named.find(({ instance }) => instance.id === editor.selectedId);
  const isAllHidden = instances.length > 0 && instances.every(({ id }) => editor.hidden.has(id));
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
      {instances.length >= SEARCH_FROM && (
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
        <p className={styles.note}>{t("noObjects")}</p>
      ) : (
        <ObjectRows editor={editor} objects={shown} colorOf={colorOf} />
      )}
    </section>
  );
}

interface NamedObject {
  readonly instance: Instance;
  /** Its label and its number among those of the label: "date 2". */
  readonly name: string;
}

function ObjectRows({ editor, objects, colorOf }: ObjectListProps & { objects: readonly NamedObject[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const selectedIndex = objects.findIndex(({ instance }) => instance.id === editor.selectedId);
  const rows = useVirtualizer({
    count: objects.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (i === selectedIndex ? ROW_HEIGHT + DETAIL_HEIGHT : ROW_HEIGHT),
    overscan: 6,
    // drawing comes before the list: its rows follow with the rest of the panels
    useFlushSync: false,
  });
  const height = rows.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen row is higher than the others
  useEffect(() => rows.measure(), [rows, selectedIndex]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the last row's detail can be scrolled to once the list is as high
  useEffect(() => {
    if (selectedIndex >= 0) rows.scrollToIndex(selectedIndex);
  }, [rows, selectedIndex, height]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul style={{ height }} className={styles.virtual}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
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
                isChosen={object.instance.id === editor.selectedId}
                isHidden={editor.hidden.has(object.instance.id)}
                isLocked={editor.locked.has(object.instance.id)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

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
  const size =
    instance.shape.kind === "mask"
      ? t("pixels", { count: instance.shape.mask.area })
      : t("points", { count: shapePoints(instance.shape) });
  return (
    <>
      <div className={classNames(styles.row, styles.object, isChosen && styles.chosen, isHidden && styles.hidden)}>
        <AriaButton className={styles.pick ?? ""} aria-pressed={isChosen} onPress={() => editor.choose(instance.id)}>
          <Swatch color={color} isHollow={isHidden} />
          <span className={styles.name}>{name}</span>
          <span className={styles.size}>{size}</span>
        </AriaButton>
        <span className={styles.extra}>
          <ObjectMenu editor={editor} id={instance.id} name={name} />
        </span>
        <span className={classNames(styles.extra, isLocked && styles.always)}>
          <IconButton
            icon={isLocked ? Lock : LockOpen}
            size="small"
            label={t(isLocked ? "unlock" : "lock", { name })}
            onPress={() => editor.setLocked(toggled(editor.locked, instance.id))}
          />
        </span>
        <span className={styles.extra}>
          <IconButton
            icon={Trash2}
            size="small"
            label={t("deleteObject", { name })}
            isDisabled={isLocked}
            onPress={() => deleteObjects(editor, [instance.id])}
          />
        </span>
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
