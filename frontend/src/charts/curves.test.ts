import { describe, expect, it } from "vitest";
import type { CurvePoint } from "../api/types.ts";
import { curvesToCsv, mergeCurves } from "./curves.ts";
import { formatMetric } from "./curveTexts.ts";

const point = (step: number, values: Partial<CurvePoint> = {}): CurvePoint => ({
  step,
  elapsed_s: step * 1.5,
  train_loss: 2,
  validation_loss: 1.5,
  validation_class_loss: null,
  validation_accuracy: 0.5,
  map: 0.25,
  ap50: 0.75,
  learning_rate: 0.001,
  is_best: false,
  ...values,
});

describe("mergeCurves", () => {
  it("puts curves over a common axis, with gaps where one has no point", () => {
    const curves = [
      { name: "a", points: [point(10, { map: 0.1 }), point(20, { map: 0.2 })] },
      { name: "b", points: [point(15, { map: 0.3 }), point(20, { map: null })] },
    ];
    expect(mergeCurves(curves, "map", "steps")).toEqual({
      x: [10, 15, 20],
      columns: [
        [0.1, null, 0.2],
        [null, 0.3, null],
      ],
    });
    expect(mergeCurves(curves, "map", "time").x).toEqual([15, 22.5, 30]);
  });

  it("is empty without points", () => {
    expect(mergeCurves([{ name: "a", points: [] }], "map", "time")).toEqual({ x: [], columns: [[]] });
  });
});

describe("curvesToCsv", () => {
  it("writes a line for each point, nothing for what is not defined", () => {
    expect(curvesToCsv([{ name: "fruit-2", points: [point(10, { is_best: true })] }])).toBe(
      "model,step,elapsed_s,map,ap50,validation_accuracy,validation_loss,validation_class_loss,train_loss,learning_rate,is_best\r\n" +
        "fruit-2,10,15,0.25,0.75,0.5,1.5,,2,0.001,true\r\n",
    );
  });

  it("keeps names whole and harmless", () => {
    const named = (name: string) => curvesToCsv([{ name, points: [point(1)] }]).split("\r\n")[1];
    expect(named('a "b", c')).toMatch(/^"a ""b"", c",1,/);
    expect(named("=HYPERLINK(1)")).toMatch(/^'=HYPERLINK\(1\),1,/);
  });
});

describe("formatMetric", () => {
  it("has two decimals, and powers of ten for learning rates", () => {
    expect(formatMetric("map")(0.4567)).toBe("0.46");
    expect(formatMetric("learning_rate")(0.00123)).toBe("1.2e-3");
    expect(formatMetric("learning_rate")(0)).toBe("0");
  });
});
