/** An image's objects at the server: read with their tag, written only over what the tag stands for. */
import { send } from "../../../api/client.ts";
import type { Instance as InstanceJson, Instances } from "../../../api/types.ts";

export interface Stored {
  readonly items: readonly InstanceJson[];
  readonly tag: string;
}

export interface Transport {
  load(): Promise<Stored>;
  /** Answer the new tag. */
  put(items: readonly InstanceJson[], tag: string, keepalive: boolean): Promise<string>;
  patch(
    change: { upsert: readonly InstanceJson[]; delete: readonly string[] },
    tag: string,
    keepalive: boolean,
  ): Promise<string>;
}

export function imageTransport(imageId: number): Transport {
  const path = `/api/v1/images/${imageId}/instances`;
  const write = async (method: "PUT" | "PATCH", body: unknown, tag: string, keepalive: boolean) => {
    const answer = await send<Instances>(method, path, { body, headers: { "If-Match": tag }, keepalive });
    return tagOf(answer.headers, answer.data);
  };
  return {
    load: async () => {
      const { data, headers } = await send<Instances>("GET", path);
      return { items: data.items, tag: tagOf(headers, data) };
    },
    put: (items, tag, keepalive) => write("PUT", { items }, tag, keepalive),
    patch: (change, tag, keepalive) => write("PATCH", change, tag, keepalive),
  };
}

/** The header; behind a proxy that drops it, the revision as the server writes it. */
function tagOf(headers: Headers, body: Instances): string {
  return headers.get("ETag") ?? `"${body.revision}"`;
}
