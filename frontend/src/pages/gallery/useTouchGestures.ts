import { type PointerEvent, useRef } from "react";

export type TouchGesture = "tap" | "hold";

const HOLD_MS = 450;
/** Further than this a finger scrolls. */
const SLACK_PX = 10;
/** A click that a tap makes up follows it within this time. */
const ECHO_MS = 700;

interface Press {
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
}

/** Tells taps from long presses of a finger. The mouse clicks that a browser makes of them are to be left out. */
export function useTouchGestures(onGesture: (event: PointerEvent, gesture: TouchGesture) => void) {
  const press = useRef<Press | null>(null);
  const lastTouch = useRef(0);

  const forget = () => {
    if (press.current !== null) clearTimeout(press.current.timer);
    press.current = null;
  };
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      lastTouch.current = Date.now();
      forget();
      event.persist();
      const timer = setTimeout(() => {
        press.current = null;
        lastTouch.current = Date.now();
        onGesture(event, "hold");
      }, HOLD_MS);
      press.current = { x: event.clientX, y: event.clientY, timer };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = press.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK_PX) forget();
    },
    onPointerUp: (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      lastTouch.current = Date.now();
      if (press.current === null) return;
      forget();
      onGesture(event, "tap");
    },
    onPointerCancel: forget,
  };
  return { handlers, wasTouch: () => Date.now() - lastTouch.current < ECHO_MS };
}
