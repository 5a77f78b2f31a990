import {
  ChevronDown,
  CircleDashed,
  CircleSlash,
  ListChecks,
  type LucideIcon,
  Pencil,
  SquareCheck,
  SquareMinus,
  Trash2,
  WandSparkles,
  X,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../components/Button.tsx";
import { FloatingBar, FloatingBarLine } from "../../components/FloatingBar.tsx";
import { formatCount } from "../../components/format.ts";
import { MenuButton } from "../../components/Menu.tsx";
import type { BackgroundChoice } from "./background/backgroundChoice.ts";
import { DraftItems, ModelItems } from "./ImageMenu.tsx";
import styles from "./SelectionBar.module.css";
import type { ImageActions } from "./useImageActions.ts";

interface SelectionBarProps {
  projectId: number;
  ids: readonly number[];
  /** Whether all of them are in the validation set: then the bar offers to take them out. */
  areAllValidation: boolean;
  mayPredict: boolean;
  /** Whether any of them has draft labels. */
  hasDrafts: boolean;
  background: BackgroundChoice;
  actions: ImageActions;
  onClear: () => void;
}

/** Appears with a selection, leaves with it. */
export function SelectionBar(props: SelectionBarProps) {
  const { projectId, ids, areAllValidation, mayPredict, hasDrafts, background, actions, onClear } = props;
  const { t } = useTranslation("gallery");
  return (
    <FloatingBar label={t("selectionActions")} className={styles.bar ?? ""}>
      <span className={styles.count} role="status">
        {t("selected", { count: ids.length, shown: formatCount(ids.length) })}
      </span>
      <FloatingBarLine />
      <Button kind="quiet" icon={Pencil} onPress={() => actions.label(ids)}>
        {t("labeling")}
      </Button>
      {mayPredict && (
        <BarMenu label={t("predictWith")} icon={WandSparkles} text={t("predict")}>
          <ModelItems projectId={projectId} ids={ids} actions={actions} />
        </BarMenu>
      )}
      {hasDrafts && (
        <BarMenu label={t("draftsTitle")} icon={ListChecks} text={t("draftsTitle")}>
          <DraftItems ids={ids} actions={actions} />
        </BarMenu>
      )}
      {areAllValidation ? (
        <Button kind="quiet" icon={SquareMinus} onPress={() => actions.setValidation(ids, false)}>
          {t("removeFromValidation")}
        </Button>
      ) : (
        <Button kind="quiet" icon={SquareCheck} onPress={() => actions.setValidation(ids, true)}>
          {t("addToValidation")}
        </Button>
      )}
      {background === "mark" && (
        <Button kind="quiet" icon={CircleSlash} onPress={() => actions.setBackground(ids, true)}>
          {t("background.mark", { count: ids.length })}
        </Button>
      )}
      {background === "takeBack" && (
        <Button kind="quiet" icon={CircleDashed} onPress={() => actions.setBackground(ids, false)}>
          {t("background.takeBack")}
        </Button>
      )}
      <Button kind="quiet" icon={Trash2} onPress={() => actions.remove(ids)}>
        {t("delete")}
      </Button>
      <FloatingBarLine />
      <IconButton icon={X} label={t("clearSelection")} hint="Esc" onPress={onClear} />
    </FloatingBar>
  );
}

interface BarMenuProps {
  label: string;
  icon: LucideIcon;
  text: string;
  children: ReactNode;
}

function BarMenu({ label, icon, text, children }: BarMenuProps) {
  return (
    <MenuButton
      aria-label={label}
      placement="top start"
      button={
        <Button kind="quiet" icon={icon} iconAfter={ChevronDown}>
          {text}
        </Button>
      }
    >
      {children}
    </MenuButton>
  );
}
