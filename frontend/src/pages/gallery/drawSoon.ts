/** Spreads drawing over frames, so that a screen of dense thumbnails never holds up a scroll. */

/** Of the 16 ms that a frame has, left for drawing. */
const FRAME_SHARE_MS = 5;

const waiting = new Set<() => void>();
let isScheduled = false;

/** Runs a drawing in one of the next frames, first come first; the answer takes it back. */
export function drawSoon(draw: () => void): () => void {
  waiting.add(draw);
  schedule();
  return () => waiting.delete(draw);
}

function schedule(): void {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  requestAnimationFrame(drawSome);
}

function drawSome(): void {
  isScheduled = false;
  const end = performance.now() + FRAME_SHARE_MS;
  for (const draw of waiting) {
    waiting.delete(draw);
    draw();
    if (performance.now() > end) break;
  }
  schedule();
}
