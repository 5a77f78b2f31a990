"""What `benchmarks.editor` runs in the page."""

# When a picture not seen before, and when the objects, were shown and their frame was over.
WATCH_DRAWING = """
window.drawn = { pictures: [], scenes: [], largest: 0 };
const { transferFromImageBitmap } = ImageBitmapRenderingContext.prototype;
const afterFrame = (times) => requestAnimationFrame(() => setTimeout(() => times.push(performance.now())));
ImageBitmapRenderingContext.prototype.transferFromImageBitmap = function (bitmap) {
    const isScene = this.canvas.dataset.testid === "scene-layer";
    if (bitmap && !isScene) window.drawn.largest = Math.max(window.drawn.largest, bitmap.width, bitmap.height);
    if (bitmap) afterFrame(isScene ? window.drawn.scenes : window.drawn.pictures);
    return transferFromImageBitmap.call(this, bitmap);
};
"""
IS_DRAWN = "() => window.drawn.pictures.length > 0 && window.drawn.scenes.length > 0"
DRAWN_AT = "() => Math.max(window.drawn.pictures[0], window.drawn.scenes[0])"
DRAWN_AFTER_KEY = "() => Math.max(window.drawn.pictures[0], window.drawn.scenes[0]) - window.keyAt"
LARGEST_PICTURE = "() => window.drawn.largest"
RIVAL_OPENED_AT = "() => window.openedAt"
FORGET_DRAWING = "() => { window.drawn.pictures.length = window.drawn.scenes.length = 0; }"
# When a key came, and when the panels at the side last changed after it.
NOTE_KEYS = """() => {
    window.addEventListener("keydown", (event) => (window.keyAt = event.timeStamp), { capture: true });
    new MutationObserver(() => (window.panelsAt = performance.now())).observe(document.querySelector("aside"), {
        subtree: true, childList: true, characterData: true, attributes: true,
    });
}"""
PANELS_AFTER_KEY = "() => window.panelsAt - window.keyAt"
# Strokes by events as the browser makes them, a frame for each; then as many undos.
PAINT = """async ([strokes, left, top, width, height]) => {
    const surface = document.querySelector("[data-testid=canvas]");
    surface.setPointerCapture = () => undefined;
    const frame = () => new Promise(requestAnimationFrame);
    const point = (kind, x, y, buttons) =>
        surface.dispatchEvent(new PointerEvent(kind, { bubbles: true, clientX: x, clientY: y, buttons, pointerId: 1 }));
    for (let i = 0; i < strokes; i++) {
        const x = left + (i * 37) % width, y = top + (i * 53) % height;
        point("pointerdown", x, y, 1);
        for (let step = 1; step <= 4; step++) point("pointermove", x + 6 * step, y + 3 * step, 1);
        point("pointerup", x + 24, y + 12, 0);
        await frame();
    }
}"""
UNDO = """async (count) => {
    for (let i = 0; i < count; i++) {
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));
        await new Promise(requestAnimationFrame);
    }
}"""
