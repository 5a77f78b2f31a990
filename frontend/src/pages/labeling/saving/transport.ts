/** An image's objects at the server: read with their tag, written only over what the tag stands for. */
import { send } from "../../../api/client.ts";
import type { Instance as InstanceJson, Instances } from "../../../api/types.ts";

/** A state of the image's objects: each save makes the next revision, and the tag stands for it. */
export interface Version {
  readonly revision: number;
  readonly tag: string;
}

export interface Stored extends Version {
  readonly items: readonly InstanceJson[];
}

export interface Transport {
  load(): Promise<Stored>;
  put(items: readonly InstanceJson[], tag: string, keepalive: boolean): Promise<Version>;
  patch(
    change: { upsert: readonly InstanceJson[]; delete: readonly string[] },
    tag: string,
    keepalive: boolean,
  ): Promise<Version>;
}

export function imageTransport(imageId: number): Transport {
  const path = `/api/v1/images/${imageId}/instances`;
  const write = async (method: "PUT" | "PATCH", body: unknown, tag: string, keepalive: boolean) => {
    const answer = await send<Instances>(method, path, { body, headers: { "If-Match": tag }, keepalive });
    return versionOf(answer.headers, answer.data);
  };
  return {
    load: async () => {
      const { data, headers } = await send<Instances>("GET", path);
      return { items: data.items, ...versionOf(headers, data) };
    },
    put: (items, tag, keepalive) => write("PUT", { items }, tag, keepalive),
    patch: (change, tag, keepalive) => write("PATCH", change, tag, keepalive),
  };
}

/** The tag is the header; behind a proxy that drops it, the revision as the server writes it. */
function versionOf(headers: Headers, { revision }: Instances): Version {
  return { revision, tag: headers.get("ETag") ?? `"${revision}"` };
}
