import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { MenuButton, MenuItem, MenuLine } from "../../../components/Menu.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyAction, keyFor } from "../../../editor/keys.ts";
import { useEditor } from "../work/useEditor.ts";
import { shownKey } from "./shownKey.ts";

interface ObjectMenuProps {
  editor: Editor;
  id: string;
  name: string;
}

const ITEMS = ["palette", "duplicate", "copy", "cut", null, "toFront", "raise", "lower", "toBack"] as const;
/** These would change an object that is hidden or locked. */
const CHANGING: readonly KeyAction[] = ["palette", "cut"];

/** What can be done with one object, beside its keys. */
export function ObjectMenu({ editor, id, name }: ObjectMenuProps) {
  const { t } = useTranslation("labeling");
  const label = t("moreFor", { name });
  useEditor(editor, "tool", "visibility");
  const run = (action: KeyAction) => {
    editor.select(id);
    editor.act(action);
  };
  return (
    <MenuButton
      aria-label={label}
      placement="bottom end"
      button={<IconButton icon={Ellipsis} size="small" label={label} />}
    >
      {ITEMS.map((action) => {
        if (action === null) return <MenuLine key="line" />;
        const key = keyFor(action, editor.mode, editor.keymap);
        return (
          <MenuItem
            key={action}
            id={action}
            hint={key && shownKey(key)}
            isDisabled={CHANGING.includes(action) && editor.isFixed(id)}
            onAction={() => run(action)}
          >
            {t(`more.${action}`)}
          </MenuItem>
        );
      })}
    </MenuButton>
  );
}
