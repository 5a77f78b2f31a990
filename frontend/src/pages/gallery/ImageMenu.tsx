import { useQuery } from "@tanstack/react-query";
import {
  CheckCheck,
  CircleDashed,
  CircleSlash,
  Pencil,
  Sparkles,
  SquareCheck,
  SquareMinus,
  Trash2,
  WandSparkles,
  X,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "../../api/queries.ts";
import { formatCount } from "../../components/format.ts";
import { Menu, MenuGroup, MenuItem, MenuLine, Submenu } from "../../components/Menu.tsx";
import { useModelState } from "../models/useModelState.ts";
import type { BackgroundChoice } from "./background/backgroundChoice.ts";
import type { ImageActions } from "./useImageActions.ts";

interface ImageMenuProps {
  projectId: number;
  ids: readonly number[];
  mayPredict: boolean;
  /** Whether any of them has draft labels. */
  hasDrafts: boolean;
  background: BackgroundChoice;
  actions: ImageActions;
  onDone: () => void;
}

/** The right-click menu; the floating bar has the same actions. */
export function ImageMenu(props: ImageMenuProps) {
  const { projectId, ids, mayPredict, hasDrafts, background, actions, onDone } = props;
  const { t } = useTranslation("gallery");
  return (
    <Menu
      aria-label={t("selected", { count: ids.length, shown: formatCount(ids.length) })}
      autoFocus="first"
      onClose={onDone}
    >
      <MenuGroup title={t("images_count", { count: ids.length, shown: formatCount(ids.length) })}>
        <MenuItem icon={Pencil} hint="L" onAction={() => actions.label(ids)}>
          {t("labeling")}
        </MenuItem>
        {mayPredict && (
          <Submenu
            aria-label={t("predictWith")}
            onClose={onDone}
            item={
              <MenuItem icon={WandSparkles} textValue={t("predict")}>
                {t("predict")}
              </MenuItem>
            }
          >
            <ModelItems projectId={projectId} ids={ids} actions={actions} />
          </Submenu>
        )}
      </MenuGroup>
      {hasDrafts && (
        <MenuGroup title={t("draftsTitle")}>
          <DraftItems ids={ids} actions={actions} />
        </MenuGroup>
      )}
      <MenuLine />
      <MenuItem icon={SquareCheck} hint="V" onAction={() => actions.setValidation(ids, true)}>
        {t("addToValidation")}
      </MenuItem>
      <MenuItem icon={SquareMinus} hint="Shift V" onAction={() => actions.setValidation(ids, false)}>
        {t("removeFromValidation")}
      </MenuItem>
      {background === "mark" && (
        <MenuItem icon={CircleSlash} onAction={() => actions.setBackground(ids, true)}>
          {t("background.mark", { count: ids.length })}
        </MenuItem>
      )}
      {background === "takeBack" && (
        <MenuItem icon={CircleDashed} onAction={() => actions.setBackground(ids, false)}>
          {t("background.takeBack")}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={Trash2} hint="Del" onAction={() => actions.remove(ids)}>
        {t("delete")}
      </MenuItem>
    </Menu>
  );
}

type ItemsProps = Pick<ImageMenuProps, "projectId" | "ids" | "actions">;

/** All drafts of the images at once. */
export function DraftItems({ ids, actions }: Omit<ItemsProps, "projectId">) {
  const { t } = useTranslation("batches");
  return (
    <>
      <MenuItem icon={CheckCheck} onAction={() => actions.acceptDrafts(ids)}>
        {t("decide.accept")}
      </MenuItem>
      <MenuItem icon={X} onAction={() => actions.rejectDrafts(ids)}>
        {t("decide.reject")}
      </MenuItem>
    </>
  );
}

/** The project's models as menu items; those that cannot predict yet say why. */
export function ModelItems({ projectId, ids, actions }: ItemsProps) {
  const { t } = useTranslation("gallery");
  const stateOf = useModelState();
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  if (models.length === 0) return <MenuItem isDisabled>{t("noModels")}</MenuItem>;
  return (
    <>
      {models.map((model) => (
        <MenuItem
          key={model.id}
          id={model.id}
          isDisabled={model.status !== "ready"}
          hint={stateOf(model)}
          textValue={model.name}
          onAction={() => actions.predict(ids, model.id)}
        >
          {model.name}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={Sparkles} onAction={() => actions.draft(ids)}>
        {t("draftWithModel")}
      </MenuItem>
    </>
  );
}
