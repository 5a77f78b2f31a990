import { beforeEach, describe, expect, test, vi } from "vitest";
import { deferred } from "../../api/deferred.ts";
import { type Deletion, PendingDeletions } from "./pendingDeletion.ts";

const deletion: Deletion = { projectId: 1, imageIds: [3, 4] };

let sent: { deletion: Deletion; keepalive: boolean; settle: (error?: Error) => void }[];
let deletions: PendingDeletions;

beforeEach(() => {
  sent = [];
  deletions = new PendingDeletions((asked, { keepalive }) => {
    const { promise, resolve, reject } = deferred<void>();
    sent.push({ deletion: asked, keepalive, settle: (error) => (error ? reject(error) : resolve()) });
    return promise;
  });
});

describe("PendingDeletions", () => {
  test("hides at once and sends nothing yet", () => {
    deletions.add(deletion);
    expect([...deletions.hidden]).toEqual([3, 4]);
    expect(sent).toEqual([]);
  });

  test("undo shows the images again, and nothing is ever sent", async () => {
    deletions.add(deletion);
    deletions.undo(deletion);
    await deletions.carryOut(deletion);
    expect(deletions.hidden.size).toBe(0);
    expect(sent).toEqual([]);
  });

  test("keeps hiding until the server has answered", async () => {
    deletions.add(deletion);
    const done = deletions.carryOut(deletion);
    expect(deletions.hidden.size).toBe(2);
    sent[0]?.settle();
    await done;
    expect(deletions.hidden.size).toBe(0);
  });

  test("a failure brings the images back", async () => {
    deletions.add(deletion);
    const done = deletions.carryOut(deletion);
    sent[0]?.settle(new Error("no"));
    await expect(done).rejects.toThrow("no");
    expect(deletions.hidden.size).toBe(0);
  });

  test("cannot be undone, nor sent twice, once it is under way", () => {
    deletions.add(deletion);
    expect(deletions.isUndoable(deletion)).toBe(true);
    void deletions.carryOut(deletion);
    expect(deletions.isUndoable(deletion)).toBe(false);
    deletions.undo(deletion);
    void deletions.carryOut(deletion);
    expect(deletions.hidden.size).toBe(2);
    expect(sent).toHaveLength(1);
  });

  test("on leaving, all that could still be undone is sent to outlive the page", () => {
    const other = { projectId: 1, imageIds: [9] };
    deletions.add(deletion);
    deletions.add(other);
    void deletions.carryOut(other);
    void deletions.carryOutAll({ keepalive: true });
    expect(sent.map(({ deletion: { imageIds }, keepalive }) => [imageIds, keepalive])).toEqual([
      [[9], false],
      [[3, 4], true],
    ]);
  });

  test("tells its listeners of each change", () => {
    const listener = vi.fn();
    const leave = deletions.subscribe(listener);
    deletions.add(deletion);
    deletions.undo(deletion);
    leave();
    deletions.add(deletion);
    expect(listener).toHaveBeenCalledTimes(2);
  });
});
