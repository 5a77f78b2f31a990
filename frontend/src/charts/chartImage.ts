/** Charts of the page as one picture: title, plots and what their colours mean, in the page's own colours. */

const MARGIN = 16;
const TITLE_HEIGHT = 28;
const CAPTION_HEIGHT = 22;
const GAP = 16;

/**
 * Draws every chart within an element below each other.
 *
 * The plots are copied as they are on the screen, at the screen's resolution; captions come from their text.
 */
export function chartsToPng(element: HTMLElement, title: string): Promise<Blob> {
  const figures = [...element.querySelectorAll("figure")].flatMap((figure) => {
    const plot = figure.querySelector("canvas");
    return plot ? [{ plot, caption: figure.getAttribute("aria-label") ?? "", keys: keysOf(figure) }] : [];
  });
  const width = Math.max(...figures.map(({ plot }) => plot.clientWidth)) + 2 * MARGIN;
  const heights = figures.map(({ plot }) => CAPTION_HEIGHT + plot.clientHeight + CAPTION_HEIGHT + GAP);
  const height = MARGIN + TITLE_HEIGHT + heights.reduce((sum, one) => sum + one, 0);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser gives no canvas to draw the picture on");
  context.scale(devicePixelRatio, devicePixelRatio);
  const css = getComputedStyle(element);
  const color = (name: string) => css.getPropertyValue(name).trim();
  context.fillStyle = color("--surface");
  context.fillRect(0, 0, width, height);
  context.textBaseline = "top";
  context.fillStyle = color("--text");
  context.font = `600 16px ${css.fontFamily}`;
  context.fillText(title, MARGIN, MARGIN);
  let top = MARGIN + TITLE_HEIGHT;
  figures.forEach(({ plot, caption, keys }, index) => {
    context.font = `13px ${css.fontFamily}`;
    context.fillStyle = color("--text-2");
    context.fillText(caption, MARGIN, top);
    context.drawImage(plot, MARGIN, top + CAPTION_HEIGHT, plot.clientWidth, plot.clientHeight);
    drawKeys(context, keys, top + CAPTION_HEIGHT + plot.clientHeight + 4, color("--text-2"));
    top += heights[index] ?? 0;
  });
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser wrote no picture"))), "image/png"),
  );
}

interface Key {
  color: string;
  name: string;
}

function keysOf(figure: HTMLElement): Key[] {
  return [...figure.querySelectorAll<HTMLElement>("[data-line]")].map((line) => ({
    color: getComputedStyle(line.querySelector("i") ?? line).backgroundColor,
    name: line.dataset.line ?? "",
  }));
}

function drawKeys(context: CanvasRenderingContext2D, keys: readonly Key[], top: number, textColor: string): void {
  let left = MARGIN + 44;
  for (const { color, name } of keys) {
    context.fillStyle = color;
    context.fillRect(left, top + 6, 12, 3);
    context.fillStyle = textColor;
    context.fillText(name, left + 18, top);
    left += 18 + context.measureText(name).width + 20;
  }
}
