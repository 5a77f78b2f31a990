/** What clicks and keys on the grid mean. The grid listens for all tiles: data-index tells which one is meant. */
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import type { MenuPoint } from "../../components/ContextMenu.tsx";
import { type Step, stepFrom } from "./gridLayout.ts";

/** Keys held in a click or key press, as they change its meaning. */
export interface Modifiers {
  toggle: boolean;
  range: boolean;
  /** Where a range begins if nothing was picked before. */
  from?: number | undefined;
}

export interface GridActions {
  onPick: (id: number, modifiers: Modifiers) => void;
  onOpen: (id: number) => void;
  onMenu: (id: number, point: MenuPoint) => void;
}

interface GridEventOptions extends GridActions {
  canvas: RefObject<HTMLElement | null>;
  order: readonly number[];
  columns: number;
  rowsInSight: number;
  scrollToRow: (row: number) => void;
  /** Whether a click was made up by the browser, after a touch or at the end of a band. */
  isEcho: () => boolean;
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "home",
  End: "end",
  PageUp: "pageup",
  PageDown: "pagedown",
};

export function useGridEvents(options: GridEventOptions) {
  const { canvas, order, columns, rowsInSight, scrollToRow, isEcho, onPick, onOpen, onMenu } = options;
  const [focused, setFocused] = useState(0);
  const focusIndex = Math.min(focused, Math.max(0, order.length - 1));
  const wantsFocus = useRef(false);
  // The tile that is to have the focus may have to be scrolled to, and drawn, first.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const tile = tileAt(canvas.current, focusIndex);
    if (!tile) return;
    wantsFocus.current = false;
    tile.focus({ preventScroll: true });
  });

  const move = (step: Step, range: boolean) => {
    const next = stepFrom(focusIndex, step, columns, order.length, rowsInSight);
    const id = order[next];
    wantsFocus.current = true;
    setFocused(next);
    scrollToRow(Math.floor(next / columns));
    if (range && id !== undefined) onPick(id, { toggle: false, range, from: order[focusIndex] });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const id = order[focusIndex];
    const step = STEPS[event.key];
    if (id === undefined || event.altKey) return;
    if (step !== undefined) move(step, event.shiftKey);
    else if (event.key === " ") onPick(id, { toggle: true, range: event.shiftKey });
    else if (event.key === "Enter") onOpen(id);
    else if (isMenuKey(event)) onMenu(id, middleOf(tileAt(canvas.current, focusIndex) ?? event.currentTarget));
    else return;
    event.preventDefault();
  };

  /** The image under an event that means one. */
  const hit = (event: MouseEvent | FocusEvent): { index: number; id: number } | null => {
    const index = indexAt(event.target);
    const id = index === undefined ? undefined : order[index];
    return index === undefined || id === undefined ? null : { index, id };
  };
  const onClick = (event: MouseEvent) => {
    const meant = hit(event);
    if (meant === null || isEcho()) return;
    setFocused(meant.index);
    const onCheck = event.target instanceof Element && event.target.closest("[data-check]") !== null;
    onPick(meant.id, { toggle: event.ctrlKey || event.metaKey || onCheck, range: event.shiftKey });
  };
  const onDoubleClick = (event: MouseEvent) => {
    const meant = hit(event);
    if (meant !== null && !isEcho()) onOpen(meant.id);
  };
  const onContextMenu = (event: MouseEvent) => {
    const meant = hit(event);
    if (meant === null) return;
    event.preventDefault();
    if (isEcho()) return;
    setFocused(meant.index);
    onMenu(meant.id, { x: event.clientX, y: event.clientY });
  };
  const onFocus = (event: FocusEvent) => {
    const meant = hit(event);
    if (meant !== null) setFocused(meant.index);
  };
  return { focusIndex, handlers: { onKeyDown, onClick, onDoubleClick, onContextMenu, onFocus } };
}

export function idAt(target: EventTarget | null, order: readonly number[]): number | undefined {
  const index = indexAt(target);
  return index === undefined ? undefined : order[index];
}

function indexAt(target: EventTarget | null): number | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return tile === null ? undefined : Number(tile.dataset.index);
}

function tileAt(canvas: HTMLElement | null, index: number): HTMLElement | null {
  return canvas?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
}

/** The key beside the right Ctrl key, and the keys that stand for it where it is missing. */
function isMenuKey({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): boolean {
  return key === "ContextMenu" || (key === "F10" && shiftKey);
}

function middleOf(element: Element): MenuPoint {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
