// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startI18n } from "../../../app/i18n.ts";
import { useToasts } from "../../../components/toasts.ts";
import { instanceOf, makeEditor, SQUARE } from "../../../editor/editorTesting.ts";
import type { OpenImage } from "../work/sessionState.ts";
import { useBackground } from "./useBackground.ts";

/** What the server has of the image, and what it was asked. */
let server: { isMarked: boolean; error: string | null; log: string[] };

beforeAll(async () => void (await startI18n()));
beforeEach(() => {
  server = { isMarked: false, error: null, log: [] };
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    if (method === "GET") return Response.json({ id: 7, labeled: server.isMarked, background: server.isMarked });
    server.log.push(`${path} ${body}`);
    if (server.error !== null) return Response.json({ error: server.error }, { status: 409 });
    server.isMarked = JSON.parse(String(body)).background;
    return Response.json({ background: server.isMarked, changed: 1 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function start(...objects: Parameters<typeof makeEditor>) {
  const flush = async () => void server.log.push("saved");
  const open = { image: { id: 7, background: false }, editor: makeEditor(...objects), autosave: { flush } };
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const used = () => ({ background: useBackground(1, open as unknown as OpenImage), toasts: useToasts() });
  const { result } = renderHook(used, { wrapper });
  return {
    toggle: () => act(async () => result.current.background.toggle()),
    isMarked: () => result.current.background.isMarked,
    lastToast: () => result.current.toasts.at(-1),
  };
}

const asked = (background: boolean) => `/api/v1/projects/1/background {"image_ids":[7],"background":${background}}`;

test("the image is marked after all of it is saved, and the mark taken back", async () => {
  const { toggle, isMarked } = start();
  await toggle();
  await waitFor(() => expect(isMarked()).toBe(true));
  await toggle();
  await waitFor(() => expect(isMarked()).toBe(false));
  expect(server.log).toEqual(["saved", asked(true), "saved", asked(false)]);
});

test("what the server refuses is said, and nothing is marked", async () => {
  const { toggle, isMarked, lastToast } = start();
  server.error = "Someone drew objects there.";
  await toggle();
  await waitFor(() => expect(lastToast()).toMatchObject({ kind: "error", text: server.error }));
  expect(isMarked()).toBe(false);
});

test("an image with objects is not asked about", async () => {
  const { toggle, lastToast } = start([instanceOf("a", SQUARE)]);
  await toggle();
  expect(lastToast()?.text).toBe("There are objects on this image: delete them first.");
  expect(server.log).toEqual([]);
});
