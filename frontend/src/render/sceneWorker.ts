/** The painter of the scene beside the page: a thousand objects take a tenth of a second, in which the page could do nothing else. */
import type { SceneOrder, ScenePicture } from "./sceneMessages.ts";
import { ScenePainter } from "./scenePainter.ts";

const context = new OffscreenCanvas(1, 1).getContext("2d");
if (!context) throw new Error("This browser has no 2D canvas.");
const painter = new ScenePainter(context);

self.addEventListener("message", async ({ data }: MessageEvent<SceneOrder>) => {
  const seen = painter.paint(data);
  const picture: ScenePicture = { turn: data.turn, seen, bitmap: await createImageBitmap(painter.canvas) };
  self.postMessage(picture, { transfer: [picture.bitmap] });
});
