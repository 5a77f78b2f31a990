import { MutationObserver, onlineManager } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test } from "vitest";
import { queryClient } from "./queryClient.ts";

beforeEach(() => onlineManager.setOnline(false));
afterEach(() => onlineManager.setOnline(true));

test("a server on this machine is asked while the browser has no network", async () => {
  const answer = async () => "here";
  expect(await queryClient.fetchQuery({ queryKey: ["asked"], queryFn: answer })).toBe("here");
  expect(await new MutationObserver(queryClient, { mutationFn: answer }).mutate()).toBe("here");
});
