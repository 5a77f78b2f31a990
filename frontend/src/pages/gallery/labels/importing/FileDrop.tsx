import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { filesOfDrop, hasFiles } from "../../upload/pickFiles.ts";
import type { NamedFile } from "../../upload/uploadQueue.ts";

interface FileDropProps {
  onFiles: (files: NamedFile[]) => void;
  /** Told whether files are held over it. */
  children: (isOver: boolean) => ReactNode;
}

/**
 * Takes files that are dropped anywhere on the dialog inside it. React hands a dialog's events to what it was rendered
 * in, so they end here: the page around would take the files for images.
 */
export function FileDrop({ onFiles, children }: FileDropProps) {
  const [isOver, setOver] = useState(false);
  // Every element on the way tells of entering and leaving; the difference says whether the drag is still here.
  const depth = useRef(0);
  const take = (event: DragEvent) => {
    event.stopPropagation();
    if (hasFiles(event.dataTransfer)) event.preventDefault();
  };
  const move = (step: 1 | -1) => (event: DragEvent) => {
    take(event);
    depth.current += step;
    setOver(depth.current > 0 && hasFiles(event.dataTransfer));
  };
  const drop = async (event: DragEvent) => {
    take(event);
    depth.current = 0;
    setOver(false);
    if (hasFiles(event.dataTransfer)) onFiles((await filesOfDrop(event.dataTransfer)).files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons inside are the first.
    <div onDragEnter={move(1)} onDragLeave={move(-1)} onDragOver={take} onDrop={drop}>
      {children(isOver)}
    </div>
  );
}
