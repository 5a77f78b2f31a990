import { ApiError, api } from "../../../api/client.ts";
import type { SmartAnswer, SmartMarks, SmartStroke } from "../../../editor/tools/smartToolMarks.ts";
import { type CocoRle, rleToMask } from "../../../geometry/rle.ts";

/** Lets the server look at an image that is next; the first mask there comes sooner, or as late as without. */
export function prepareSmartMask(imageId: number): void {
  api.post(`/api/v1/images/${imageId}/smart-mask/prepare`).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}

/** Asks the server for the mask of what is marked. */
export async function askSmartMask(imageId: number, { box, strokes }: SmartMarks): Promise<SmartAnswer> {
  const painted = (ground: SmartStroke["ground"]) =>
    strokes.filter((stroke) => stroke.ground === ground).map(({ points, radius }) => ({ points, radius }));
  const body = {
    box: box && [box.x0, box.y0, box.x1, box.y1],
    foreground: painted("foreground"),
    background: painted("background"),
  };
  try {
    const { rle } = await api.post<{ rle: CocoRle }>(`/api/v1/images/${imageId}/smart-mask`, body);
    return { kind: "mask", mask: rleToMask(rle) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: "refused", message: error.message };
  }
}
