/** What tools are driven by: typed events in image pixels, made by the page or by a test. */
export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly ctrl: boolean;
}

export interface PointerEvent {
  readonly kind: "pointerdown" | "pointermove" | "pointerup";
  /** Image pixels. */
  readonly x: number;
  readonly y: number;
  readonly modifiers: Modifiers;
  /** 0-1 of a pen; 0.5 of a mouse. */
  readonly pressure: number;
  /** How many image pixels a screen pixel is, so that hit tolerances stay the same on the screen. */
  readonly pixelSize: number;
  /** Fingers need larger targets. */
  readonly touch: boolean;
  /** A pen's other end. */
  readonly eraser?: boolean;
}

export interface DoubleClick {
  readonly kind: "doubleclick";
  readonly x: number;
  readonly y: number;
  readonly pixelSize: number;
  readonly touch?: boolean;
}

export interface KeyEvent {
  readonly kind: "key";
  /** As KeyboardEvent.key. */
  readonly key: string;
  readonly modifiers: Modifiers;
}

/** The gesture became a zoom, or the system took the pointer: what is half done is dropped. */
export interface PointerCancel {
  readonly kind: "pointercancel";
}

/** The pointer left the canvas with nothing pressed. */
export interface PointerLeave {
  readonly kind: "pointerleave";
}

export type ToolEvent = PointerEvent | DoubleClick | PointerCancel | PointerLeave;
export type EditorEvent = ToolEvent | KeyEvent;

export const NO_MODIFIERS: Modifiers = { shift: false, alt: false, ctrl: false };
