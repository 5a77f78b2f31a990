import { describe, expect, it } from "vitest";
import { Editor } from "../../editor/editor.ts";
import { type Instance, shapeBox } from "../../editor/instance.ts";
import { acceptFinding, canAccept } from "./acceptFinding.ts";
import type { Finding, FindingKind } from "./fixQueries.ts";

const IMAGE = { width: 4, height: 3 };
const FIG: Instance = {
  id: "one",
  label: "fig",
  shape: {
    kind: "polygons",
    polygons: [
      {
        exterior: [
          [0, 0],
          [2, 0],
          [2, 2],
        ],
        holes: [],
      },
    ],
  },
  crowd: false,
  source: "manual",
};

/** A prediction that covers the image's second column. */
function finding(kind: FindingKind): Finding {
  return {
    key: "5.slow.1.0",
    kind,
    image_id: 1,
    label: kind === "imagined" ? null : "fig",
    suggested_label: kind === "missed" ? null : "nut",
    instance_id: kind === "imagined" ? null : "one",
    score: 0.9,
    iou: 0.6,
    box_xyxy: [1, 0, 2, 3],
    rle: { size: [3, 4], counts: "336" },
  };
}

function editorWith(...instances: Instance[]): Editor {
  const editor = new Editor(IMAGE, instances, { newId: () => "new" });
  editor.labels = ["fig", "nut"];
  return editor;
}

describe("accepting", () => {
  it("adds what was forgotten, as the model's", () => {
    const editor = editorWith(FIG);
    expect(acceptFinding(editor, finding("imagined"), "m")).toBe("new");
    const added = editor.document.get("new");
    expect(added).toMatchObject({ label: "nut", source: "model:m" });
    expect(added && shapeBox(added.shape)).toEqual({ x0: 1, y0: 0, x1: 2, y1: 3 });
    expect(editor.selectedId).toBe("new");
  });

  it("gives another label and keeps the outline that a person drew", () => {
    const editor = editorWith(FIG);
    expect(acceptFinding(editor, finding("mislabeled"), "m")).toBe("one");
    expect(editor.document.get("one")).toEqual({ ...FIG, label: "nut" });
  });

  it("takes the model's outline and keeps the label", () => {
    const editor = editorWith(FIG);
    acceptFinding(editor, finding("low_iou"), "m");
    expect(editor.document.get("one")).toMatchObject({ label: "fig", source: "model:m", shape: { kind: "mask" } });
  });

  it("deletes what the model does not see", () => {
    const editor = editorWith(FIG);
    expect(acceptFinding(editor, finding("missed"), "m")).toBeNull();
    expect(editor.document.instances).toEqual([]);
  });

  it.each<FindingKind>(["imagined", "mislabeled", "low_iou", "missed"])("of %s is taken back by one undo", (kind) => {
    const editor = editorWith(FIG);
    acceptFinding(editor, finding(kind), "m");
    editor.undo();
    expect(editor.document.instances).toEqual([FIG]);
  });
});

describe("what can be accepted", () => {
  it("is nothing of a deleted object, of a label that is gone, or of an image that was left", () => {
    expect(canAccept(editorWith(), finding("missed"))).toBe(false);
    expect(canAccept(editorWith(), finding("mislabeled"))).toBe(false);
    const editor = editorWith(FIG);
    editor.labels = ["fig"];
    expect(canAccept(editor, finding("imagined"))).toBe(false);
    expect(canAccept(editor, finding("missed"))).toBe(true);
    editor.retire();
    expect(canAccept(editor, finding("missed"))).toBe(false);
  });
});
