/** Makes the model's view of a finding the label: one command of the editor, so that it can be taken back. */
import { deleteObjects } from "../../editor/actions.ts";
import type { Editor } from "../../editor/editor.ts";
import type { Instance, Shape } from "../../editor/instance.ts";
import { rleToMask } from "../../geometry/rle.ts";
import type { Finding } from "./fixQueries.ts";

/** Whether there is still something to accept: the image was not left, the object not deleted, nor the label that is suggested. */
export function canAccept(editor: Editor, { kind, instance_id, suggested_label }: Finding): boolean {
  if (editor.isRetired) return false;
  const hasLabel = suggested_label !== null && editor.labels.includes(suggested_label);
  const instance = instance_id === null ? undefined : editor.document.get(instance_id);
  const canChange = instance !== undefined && !editor.isFixed(instance.id);
  switch (kind) {
    case "imagined":
      return hasLabel;
    case "missed":
      return canChange;
    case "mislabeled":
    case "low_iou":
      return hasLabel && canChange;
  }
}

/** Answers the object that was made or changed, null where one was deleted. */
export function acceptFinding(editor: Editor, finding: Finding, modelName: string): string | null {
  const { document } = editor;
  const { kind, rle, suggested_label, instance_id } = finding;
  const source = `model:${modelName}`;
  const label = suggested_label ?? "";
  const shape = (): Shape => ({ kind: "mask", mask: rleToMask(rle) });
  const instance = instance_id === null ? undefined : document.get(instance_id);
  if (kind === "imagined") {
    const added: Instance = { id: editor.newId(), label, shape: shape(), crowd: false, source };
    editor.execute({ name: "paste", changes: [document.add(added)] });
    editor.select(added.id);
    return added.id;
  }
  if (!instance) return null;
  if (kind === "missed") {
    deleteObjects(editor, [instance.id]);
    return null;
  }
  // a wrong label lies on a right outline, which a person drew
  const changed = kind === "mislabeled" ? { ...instance, label } : { ...instance, shape: shape(), source };
  editor.execute({ name: kind === "mislabeled" ? "setLabel" : "paste", changes: [document.replace(changed)] });
  editor.select(instance.id);
  return instance.id;
}
