/** Calls when the page comes to a screen of another pixel ratio, until the returned function is called. */
export function watchPixelRatio(onChange: () => void): () => void {
  const controller = new AbortController();
  const watch = () => {
    // a query tells only of leaving the ratio that it was made for
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const changed = () => {
      watch();
      onChange();
    };
    query.addEventListener("change", changed, { once: true, signal: controller.signal });
  };
  watch();
  return () => controller.abort();
}
