import { Upload } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../../components/Icon.tsx";
import { showToast } from "../../../components/toasts.ts";
import styles from "./DropTarget.module.css";
import { filesOfDrop, hasFiles } from "./pickFiles.ts";
import { uploadFiles } from "./uploads.ts";

interface DropTargetProps {
  projectId: number;
  projectName: string;
  className?: string | undefined;
  children: ReactNode;
}

/** Takes files and folders that are dropped anywhere on it. */
export function DropTarget({ projectId, projectName, className, children }: DropTargetProps) {
  const { t } = useTranslation("upload");
  const [isOver, setOver] = useState(false);
  // Every element on the way tells of entering and leaving; the difference says whether the drag is still here.
  const depth = useRef(0);

  const move = (step: 1 | -1) => (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    depth.current += step;
    setOver(depth.current > 0);
  };
  const drop = async (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const { files, unreadable } = await filesOfDrop(event.dataTransfer);
    uploadFiles(projectId, files);
    if (unreadable.length > 0) {
      showToast(t("unreadable", { count: unreadable.length, name: unreadable[0] }), { kind: "error" });
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the Upload button is the first.
    <div
      className={className}
      onDragEnter={move(1)}
      onDragLeave={move(-1)}
      onDragOver={(event) => hasFiles(event.dataTransfer) && event.preventDefault()}
      onDrop={drop}
    >
      {children}
      {isOver && (
        <div className={styles.overlay}>
          <div className={styles.message}>
            <Icon of={Upload} size={28} />
            {t("dropHere", { name: projectName })}
          </div>
        </div>
      )}
    </div>
  );
}
