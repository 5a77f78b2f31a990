/** A length on the image, measured by dragging. The canvas core has no part in it: nothing is changed. */
import type { Point } from "../../../geometry/types.ts";
import { makeSignal, type Signal } from "../work/signal.ts";

export interface Measured {
  readonly from: Point;
  readonly to: Point;
}

export class Ruler {
  readonly isOn: Signal<boolean> = makeSignal(false);
  readonly measured: Signal<Measured | null> = makeSignal<Measured | null>(null);
  #drags = false;

  toggle(): void {
    this.isOn.set(!this.isOn.get());
    this.drop();
  }

  close(): void {
    if (this.isOn.get()) this.toggle();
  }

  drop(): void {
    this.#drags = false;
    this.measured.set(null);
  }

  press(at: Point): void {
    this.#drags = true;
    this.measured.set({ from: at, to: at });
  }

  /** With Shift the line lies level, upright or halfway between. */
  move(at: Point, isStraight: boolean): void {
    const measured = this.measured.get();
    if (!this.#drags || !measured) return;
    this.measured.set({ from: measured.from, to: isStraight ? straightened(measured.from, at) : at });
  }

  release(): void {
    this.#drags = false;
  }
}

export function figuresOf({ from, to }: Measured): { length: string; dx: string; dy: string } {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const shown = (value: number) => value.toFixed(1);
  return { length: shown(Math.hypot(dx, dy)), dx: shown(dx), dy: shown(dy) };
}

function straightened(from: Point, to: Point): Point {
  const step = Math.PI / 4;
  const angle = Math.round(Math.atan2(to[1] - from[1], to[0] - from[0]) / step) * step;
  const along = (to[0] - from[0]) * Math.cos(angle) + (to[1] - from[1]) * Math.sin(angle);
  return [from[0] + along * Math.cos(angle), from[1] + along * Math.sin(angle)];
}
