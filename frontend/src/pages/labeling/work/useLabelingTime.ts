import { useEffect, useMemo } from "react";
import { api } from "../../../api/client.ts";
import { useMe } from "../../../app/session.ts";
import { ActiveClock } from "./activeClock.ts";
import { TimeSheet } from "./timeSheet.ts";

const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");
const SEND_EVERY_MS = 60_000;
/** A pointer moves in each frame, in which there is better to do. */
const BEAT_EVERY_MS = 100;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "wheel"] as const;

/** Counts the time that somebody works on this image, and sends it: each minute, and when the image or the page is left. */
export function useLabelingTime(imageId: number): void {
  const userId = useMe()?.id ?? 0;
  const sheet = useMemo(
    () => new TimeSheet(sendTime, { userId, tab: TAB, storage: localStorage, now: Date.now }),
    [userId],
  );
  useEffect(() => countTime(imageId, sheet), [imageId, sheet]);
}

function countTime(imageId: number, sheet: TimeSheet): () => void {
  const clock = new ActiveClock();
  const controller = new AbortController();
  const options = { signal: controller.signal, capture: true, passive: true };
  let heard = Number.NEGATIVE_INFINITY;
  const beat = () => {
    const now = performance.now();
    if (now - heard < BEAT_EVERY_MS || !document.hasFocus()) return;
    heard = now;
    clock.beat(now);
  };
  const pause = () => clock.pause(performance.now());
  const send = (isLeaving: boolean) => {
    sheet.add(imageId, clock.take());
    void sheet.send({ isLeaving });
  };
  for (const kind of SIGNS_OF_LIFE) window.addEventListener(kind, beat, options);
  window.addEventListener("focus", beat, { signal: controller.signal });
  window.addEventListener("blur", pause, { signal: controller.signal });
  window.addEventListener(
    "pagehide",
    () => {
      pause();
      send(true);
    },
    { signal: controller.signal },
  );
  const timer = setInterval(() => send(false), SEND_EVERY_MS);
  beat();
  return () => {
    controller.abort();
    clearInterval(timer);
    pause();
    send(true);
  };
}

async function sendTime(imageId: number, seconds: number, isLeaving: boolean): Promise<void> {
  await api.post(`/api/v1/images/${imageId}/labeling-time`, { seconds }, { keepalive: isLeaving });
}
