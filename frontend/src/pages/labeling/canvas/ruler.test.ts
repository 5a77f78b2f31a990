import { expect, test } from "vitest";
import { figuresOf, Ruler } from "./ruler.ts";

test("a drag measures, and lies still after it", () => {
  const ruler = new Ruler();
  ruler.toggle();
  ruler.press([10, 20]);
  ruler.move([13, 24], false);
  ruler.release();
  ruler.move([90, 90], false);
  const measured = ruler.measured.get();
  expect(measured && figuresOf(measured)).toEqual({ length: "5.0", dx: "3.0", dy: "4.0" });
  ruler.close();
  expect([ruler.isOn.get(), ruler.measured.get()]).toEqual([false, null]);
});

test("with Shift the line goes by eighths of a turn", () => {
  const ruler = new Ruler();
  ruler.toggle();
  ruler.press([0, 0]);
  ruler.move([10, 1], true);
  expect(ruler.measured.get()?.to).toEqual([10, 0]);
  ruler.move([10, 8], true);
  const [x, y] = ruler.measured.get()?.to ?? [0, 0];
  expect([x, y]).toEqual([expect.closeTo(9), expect.closeTo(9)]);
});
