/** The model's drafts on the open image: which are open, which one is looked at, and what keys and buttons do with them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import { showToast } from "../../../components/toasts.ts";
import { shapeBox } from "../../../editor/instance.ts";
import { projectDraftsQuery } from "../../batches/draftQueries.ts";
import type { CanvasParts } from "../useDesk.ts";
import type { PageActions } from "../work/pageActions.ts";
import type { OpenImage } from "../work/sessionState.ts";
import type { ImageSteps } from "../work/useImageSteps.ts";
import { DraftBook } from "./draftBook.ts";
import { type DraftLabel, imageDraftsQuery, rejectDrafts, rejectObject, restoreDrafts } from "./draftLabels.ts";

interface DraftLabelsOptions {
  projectId: number;
  open: OpenImage;
  ids: readonly number[];
  steps: ImageSteps;
  canvas: CanvasParts;
}

export interface DraftDesk {
  /** The best score first. */
  readonly open: readonly DraftLabel[];
  /** Whether there were drafts when the image was opened; all may be decided on since. */
  readonly hadAny: boolean;
  readonly chosen: DraftLabel | null;
  readonly isShown: boolean;
  readonly show: (isShown: boolean) => void;
  /** Brings it into sight. */
  readonly choose: (draft: DraftLabel) => void;
  readonly canAccept: (draft: DraftLabel) => boolean;
  readonly accept: (drafts: readonly DraftLabel[]) => void;
  readonly reject: (drafts: readonly DraftLabel[]) => void;
  readonly toNextImage: () => void;
  /** What the keys ask for. */
  readonly actions: PageActions;
}

const NONE: readonly DraftLabel[] = [];

export function useDraftLabels(options: DraftLabelsOptions): DraftDesk {
  const { canvas } = options;
  const { t } = useTranslation(["drafts", "common"]);
  const book = useBook(options);
  const open = useSyncExternalStore(book.subscribe, () => book.open);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isShown, show] = useState(true);
  const chosen = open.find(({ instance }) => instance.id === chosenId) ?? null;
  const choose = (draft: DraftLabel | undefined) => {
    setChosenId(draft?.instance.id ?? null);
    if (!draft) return;
    show(true);
    canvas.stage.current?.reveal(shapeBox(draft.instance.shape));
  };
  /** The one after these takes their place. */
  const goOnAfter = (drafts: readonly DraftLabel[]) => {
    if (chosen === null || !drafts.includes(chosen)) return;
    const at = open.indexOf(chosen);
    choose([...open.slice(at), ...open.slice(0, at)].find((draft) => !drafts.includes(draft)));
  };
  const accept = (drafts: readonly DraftLabel[]) => {
    if (book.accept(drafts) > 0) goOnAfter(drafts);
    else if (drafts.length > 0) showToast(t("drafts:unknownLabel"));
  };
  const reject = (drafts: readonly DraftLabel[]) => {
    if (drafts.length === 0) return;
    goOnAfter(drafts);
    book.reject(drafts);
    showToast(t("drafts:rejected", { count: drafts.length, label: drafts[0]?.instance.label }), {
      action: { text: t("common:undo"), run: () => book.restore(drafts) },
    });
  };
  const toNextImage = useNextImage(options);
  const atHand = chosen ?? open[0];
  const actions: PageActions = {
    acceptDraft: () => accept(atHand ? [atHand] : NONE),
    rejectDraft: () => reject(atHand ? [atHand] : NONE),
    nextDraft: () => choose(open[(chosen ? open.indexOf(chosen) + 1 : 0) % Math.max(open.length, 1)]),
    acceptDrafts: () => accept(open),
    rejectDrafts: () => reject(open),
    nextDraftImage: toNextImage,
  };
  const canAccept = (draft: DraftLabel) => book.canAccept(draft);
  return { open, hadAny: book.hadAny, chosen, isShown, show, choose, canAccept, accept, reject, toNextImage, actions };
}

function useBook({ projectId, open: { editor, image } }: DraftLabelsOptions): DraftBook {
  const queryClient = useQueryClient();
  const drafts = useQuery({ ...imageDraftsQuery(image.id), enabled: image.draft_count > 0 }).data ?? NONE;
  const book = useMemo(() => {
    const told = <T>(telling: Promise<T>) =>
      telling.finally(() => queryClient.invalidateQueries({ queryKey: projectDraftsQuery(projectId).queryKey }));
    return new DraftBook(editor, drafts, {
      reject: (ids) => told(rejectDrafts(image.id, ids)),
      restore: (ids) => told(restoreDrafts(image.id, ids)),
      rejectObject: (id) => told(rejectObject(image.id, id)),
      onFailed: (error) => showToast(error instanceof Error ? error.message : String(error), { kind: "error" }),
    });
  }, [queryClient, projectId, image.id, editor, drafts]);
  useEffect(() => book.follow(), [book]);
  return book;
}

/** To the next image of the row with drafts; after the last comes the first. */
function useNextImage({ projectId, open, ids, steps }: DraftLabelsOptions): () => void {
  const { t } = useTranslation("drafts");
  const imageId = open.image.id;
  return async () => {
    try {
      const query = { drafts: true };
      const { items } = await api.get<{ items: number[] }>(`/api/v1/projects/${projectId}/images/ids`, { query });
      const left = new Set(items);
      const at = ids.indexOf(imageId);
      const next = [...ids.slice(at + 1), ...ids.slice(0, at)].find((id) => left.has(id));
      if (next === undefined) showToast(t("noMoreImages"));
      else steps.open(next);
    } catch (error) {
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
    }
  };
}
