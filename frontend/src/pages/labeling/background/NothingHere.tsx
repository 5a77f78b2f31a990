import { CircleSlash } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Tooltip } from "../../../components/Tooltip.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { keyFor } from "../../../editor/keys.ts";
import { shownKey } from "../panels/shownKey.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./NothingHere.module.css";
import type { Background } from "./useBackground.ts";

/** In place of the objects: nothing is labeled yet, or a person has looked and there is nothing to label. */
export function NothingHere({ editor, background }: { editor: Editor; background: Background }) {
  const { t } = useTranslation("labeling");
  useEditor(editor, "tool");
  const key = keyFor("background", editor.mode, editor.keymap);
  return (
    <div className={styles.nothing}>
      <p>{t(background.isMarked ? "background.marked" : "noObjects")}</p>
      <Tooltip text={t("background.mark")} {...(key === null ? {} : { hint: shownKey(key) })}>
        <Button
          size="small"
          icon={CircleSlash}
          fill
          aria-pressed={background.isMarked}
          className={styles.toggle}
          onPress={background.toggle}
        >
          {t("background.mark")}
        </Button>
      </Tooltip>
    </div>
  );
}
