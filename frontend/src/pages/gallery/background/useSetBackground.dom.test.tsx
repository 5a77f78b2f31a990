// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ImageItem } from "../../../api/types.ts";
import { startI18n } from "../../../app/i18n.ts";
import { takeNewestToastAction, useToasts } from "../../../components/toasts.ts";
import { readFilter } from "../galleryFilter.ts";
import type { Gallery } from "../useGallery.ts";
import { useSetBackground } from "./useSetBackground.ts";

beforeAll(async () => void (await startI18n()));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A gallery that knows images 1 and 2, the second marked, of a server that answers thus. */
function start(answer: (ids: readonly number[]) => Response) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (_path: string, { body }: RequestInit) => {
    asked.push(String(body));
    return answer(JSON.parse(String(body)).image_ids);
  });
  const known = new Map([
    [1, { background: false, labeled: false }],
    [2, { background: true, labeled: true }],
  ]);
  const gallery = {
    itemOf: (id: number) => known.get(id) as ImageItem | undefined,
    changeItems: (ids: ReadonlySet<number>, { background = false, labeled = false }: Partial<ImageItem>) => {
      for (const id of ids) known.set(id, { background, labeled });
    },
  } as Gallery;
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const filter = readFilter(new URLSearchParams());
  const used = () => ({ setBackground: useSetBackground(1, filter, gallery), toasts: useToasts() });
  const { result } = renderHook(used, { wrapper });
  return {
    set: (ids: readonly number[], background: boolean) => act(() => result.current.setBackground(ids, background)),
    lastToast: () => result.current.toasts.at(-1),
    known,
    asked,
  };
}

test("undo puts those back that were changed, and no other", async () => {
  const { set, lastToast, known, asked } = start(() => Response.json({ changed: 1 }));
  await set([1, 2], true);
  expect(known.get(1)).toEqual({ background: true, labeled: true });
  expect(lastToast()?.text).toBe("1 image marked: nothing on it");
  act(takeNewestToastAction);
  await waitFor(() => expect(known.get(1)).toEqual({ background: false, labeled: false }));
  expect(known.get(2)?.background).toBe(true);
  expect(asked).toEqual(['{"image_ids":[1,2],"background":true}', '{"image_ids":[1],"background":false}']);
});

test("of images that were never in sight there is no undo", async () => {
  const { set, lastToast } = start((ids) => Response.json({ changed: ids.length }));
  await set([1, 5], true);
  expect(lastToast()).toMatchObject({ text: "2 images marked: nothing on them" });
  expect(lastToast()?.action).toBeUndefined();
});

test("where one has objects nothing changes, and the server's words are shown", async () => {
  const error = "1 of these images has objects.";
  const { set, lastToast, known } = start(() => Response.json({ error }, { status: 409 }));
  await set([1], true);
  expect(lastToast()).toMatchObject({ kind: "error", text: error });
  expect(known.get(1)?.background).toBe(false);
});
