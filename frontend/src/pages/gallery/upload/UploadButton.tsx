import { FileArchive, FolderUp, Images, Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MenuItem } from "../../../components/Menu.tsx";
import { SplitButton } from "../../../components/SplitButton.tsx";
import { type PickKind, pickFiles } from "./pickFiles.ts";
import { uploadFiles } from "./uploads.ts";

/** The red one: images by a click; a folder or a zip behind its arrow. */
export function UploadButton({ projectId }: { projectId: number }) {
  const { t } = useTranslation("upload");
  const pick = async (kind: PickKind) => uploadFiles(projectId, await pickFiles(kind));
  return (
    <SplitButton
      kind="upload"
      size="large"
      icon={Upload}
      text={t("upload")}
      menuLabel={t("ways")}
      onPress={() => pick("images")}
    >
      <MenuItem icon={Images} onAction={() => pick("images")} note={t("imagesNote")} textValue={t("images")}>
        {t("images")}
      </MenuItem>
      <MenuItem icon={FolderUp} onAction={() => pick("folder")} note={t("folderNote")} textValue={t("folder")}>
        {t("folder")}
      </MenuItem>
      <MenuItem icon={FileArchive} onAction={() => pick("zip")} note={t("zipNote")} textValue={t("zip")}>
        {t("zip")}
      </MenuItem>
    </SplitButton>
  );
}
