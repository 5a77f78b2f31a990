import { type RefObject, useLayoutEffect, useState } from "react";

/** The inner width and height of an element, as it changes; 0 before the first layout. */
export function useElementSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const measure = () => {
      const style = getComputedStyle(observed);
      const width = observed.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      setSize((known) =>
        known.width === width && known.height === observed.clientHeight
          ? known
          : { width, height: observed.clientHeight },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
