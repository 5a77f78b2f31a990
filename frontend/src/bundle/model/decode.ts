/** A picture's upright pixels, decoded by the browser: app/inference/decode.py, in the browser. */
import type { PixelSource } from "./resize.ts";

/** Calls `use` with the pixels, and frees them afterwards. Throws in words for what is no picture. */
export async function withPixels<T>(file: Blob, use: (source: PixelSource) => Promise<T>): Promise<T> {
  const bitmap = await decode(file);
  try {
    return await use(sourceOf(bitmap));
  } finally {
    bitmap.close();
  }
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    // The file's numbers, not a screen's colours: the model was trained on those.
    return await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    throw new Error("This browser cannot read the picture. Choose a JPEG, PNG or WebP file.");
  }
}

/** Reads strip by strip: phones limit how large a canvas may be. What is transparent lies over white. */
function sourceOf(bitmap: ImageBitmap): PixelSource {
  const { width, height } = bitmap;
  let canvas = new OffscreenCanvas(1, 1);
  return {
    width,
    height,
    rows(y0, y1) {
      if (canvas.width !== width || canvas.height !== y1 - y0) canvas = new OffscreenCanvas(width, y1 - y0);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      if (context === null) throw new Error("This browser has no canvas to read pictures with.");
      context.fillStyle = "white";
      context.fillRect(0, 0, width, y1 - y0);
      context.drawImage(bitmap, 0, y0, width, y1 - y0, 0, 0, width, y1 - y0);
      return context.getImageData(0, 0, width, y1 - y0).data;
    },
  };
}
