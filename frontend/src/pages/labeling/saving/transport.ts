/** An image's objects at the server: read with their tag, written only over what the tag stands for. */
import { send } from "../../../api/client.ts";
import type { Instance as InstanceJson, Instances, LabelClass, Page } from "../../../api/types.ts";
import type { LabelName } from "./labelNames.ts";

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
  /** The labels that the project has now. */
  labels(): Promise<readonly LabelName[]>;
  put(items: readonly InstanceJson[], tag: string, keepalive: boolean): Promise<Version>;
  patch(
    change: { upsert: readonly InstanceJson[]; delete: readonly string[] },
    tag: string,
    keepalive: boolean,
  ): Promise<Version>;
}

/** A save that nobody answered for this long is sent again: repeating it is harmless, and the person hears of it. */
const PATIENCE_MS = 30_000;
/** More than any project has. */
const ALL = 1000;

export function imageTransport(projectId: number, imageId: number): Transport {
  const path = `/api/v1/images/${imageId}/instances`;
  const write = async (method: "PUT" | "PATCH", body: unknown, tag: string, keepalive: boolean) => {
    const options = { body, headers: { "If-Match": tag }, keepalive, timeoutMs: PATIENCE_MS };
    const answer = await send<Instances>(method, path, options);
    return versionOf(answer.headers, answer.data);
  };
  return {
    load: async () => {
      const { data, headers } = await send<Instances>("GET", path, { timeoutMs: PATIENCE_MS });
      return { items: data.items, ...versionOf(headers, data) };
    },
    labels: async () => {
      const found = `/api/v1/projects/${projectId}/labels`;
      return (await send<Page<LabelClass>>("GET", found, { query: { limit: ALL } })).data.items;
    },
    put: (items, tag, keepalive) => write("PUT", { items }, tag, keepalive),
    patch: (change, tag, keepalive) => write("PATCH", change, tag, keepalive),
  };
}

/** The tag is the header; behind a proxy that drops it, the revision as the server writes it. */
function versionOf(headers: Headers, { revision }: Instances): Version {
  return { revision, tag: headers.get("ETag") ?? `"${revision}"` };
}
