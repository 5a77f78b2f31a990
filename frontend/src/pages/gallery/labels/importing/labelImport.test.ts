import { describe, expect, it } from "vitest";
import type { LabelFormat, LabelImportProblem } from "../../../../api/types.ts";
import { endingsOf, groupProblems, labelFilesAmong, reportAsCsv, withFiles } from "./labelImport.ts";

const FORMATS: LabelFormat[] = [
  format("coco", ".json,.zip", true),
  format("yolo", ".zip,.txt,.yaml", true),
  format("semantic", ".png", false),
];

describe("label files", () => {
  it("have the endings of every format that is read, unless one is chosen", () => {
    expect(endingsOf(FORMATS, "auto")).toEqual([".json", ".zip", ".txt", ".yaml"]);
    expect(endingsOf(FORMATS, "yolo")).toEqual([".zip", ".txt", ".yaml"]);
  });

  it("are told from the images and hidden files beside them", () => {
    const files = ["set/labels/fig.TXT", "set/images/fig.jpg", "set/.hidden.txt", "set/data.yaml"].map(named);
    expect(names(labelFilesAmong(files, [".txt", ".yaml"]))).toEqual(["set/labels/fig.TXT", "set/data.yaml"]);
  });

  it("are all taken where the formats are not known", () => {
    expect(names(labelFilesAmong([named("fig.jpg")], []))).toEqual(["fig.jpg"]);
  });

  it("of a name chosen before take its place", () => {
    const again = named("a.json");
    const files = withFiles([named("a.json"), named("b.json")], [again, named("c.json")]);
    expect(names(files)).toEqual(["a.json", "b.json", "c.json"]);
    expect(files[0]).toBe(again);
  });
});

describe("problems of an import", () => {
  const problems = [
    problem("cut.jpg", "annotation 4", "a polygon was cut at the border", false),
    problem(null, "notes.txt", "it is no label file", false),
    problem("bad.jpg", "annotation 1", "a polygon was cut at the border", false),
    problem("bad.jpg", "annotation 2", "it has two points", true),
  ];

  it("stand together by image, the refused ones first", () => {
    const groups = groupProblems(problems, "");
    expect(groups.map(({ image, isRefused }) => [image, isRefused])).toEqual([
      ["bad.jpg", true],
      [null, false],
      ["cut.jpg", false],
    ]);
    expect(groups[0]?.problems).toHaveLength(2);
  });

  it("are found by image, entry and reason", () => {
    const found = (search: string) => groupProblems(problems, search).map(({ image }) => image);
    expect(found("CUT.jpg")).toEqual(["cut.jpg"]);
    expect(found("notes")).toEqual([null]);
    expect(found("two points")).toEqual(["bad.jpg"]);
    expect(found("nowhere")).toEqual([]);
  });

  it("become lines that a spreadsheet reads as text", () => {
    const report = {
      format: "coco",
      images_matched: 1,
      images_missing: ["gone.jpg"],
      images_refused: 1,
      instances_imported: 0,
      instances_skipped: 0,
      instances_replaced: 0,
      labels_created: [],
      problems: [problem('=HYPERLINK("x").jpg', "annotation 2", "it has two points", true)],
    };
    expect(reportAsCsv(report).split("\r\n")).toEqual([
      '"image","entry","what happened","reason"',
      '"\'=HYPERLINK(""x"").jpg","annotation 2","refused","it has two points"',
      '"gone.jpg","","missing","The project has no such image."',
      "",
    ]);
  });
});

function format(name: string, accepts: string, reads: boolean): LabelFormat {
  return { name, title: name, accepts, reads, writes: true, cannot_hold: [] };
}

function named(name: string): { name: string; file: File } {
  return { name, file: new File(["{}"], name) };
}

function names(files: readonly { name: string }[]): string[] {
  return files.map(({ name }) => name);
}

function problem(image: string | null, entry: string, error: string, refused: boolean): LabelImportProblem {
  return { image, entry, error, refused };
}
