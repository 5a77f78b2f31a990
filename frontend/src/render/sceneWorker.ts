/** The painter of the scene beside the page: a thousand objects take a tenth of a second, in which the page could do nothing else. */
import type { SceneOrder, ScenePicture } from "./sceneMessages.ts";
import { makeScenePainter } from "./scenePainter.ts";

const painter = makeScenePainter(reportError);
const send = (picture: ScenePicture) => self.postMessage(picture, { transfer: [picture.bitmap] });

// the page hears of an error that is reported, not of a promise that is rejected
self.addEventListener("message", ({ data }: MessageEvent<SceneOrder>) => {
  painter.pictureOf(data).then(send).catch(reportError);
});
