/** Choosing a picture of this device, or taking one where the device has a camera to take it with. */
import { Camera, ImageUp } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../components/Button.tsx";
import styles from "./BundlePage.module.css";

export function PictureButtons({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation("bundle");
  const chosen = useRef<HTMLInputElement>(null);
  const taken = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file) onFile(file);
    input.value = "";
  };
  return (
    <div className={styles.buttons}>
      <Button kind="primary" size="large" icon={ImageUp} onPress={() => chosen.current?.click()}>
        {t("choose")}
      </Button>
      <Button size="large" icon={Camera} className={styles.camera} onPress={() => taken.current?.click()}>
        {t("photo")}
      </Button>
      <input
        ref={chosen}
        type="file"
        accept="image/*"
        hidden
        data-picture="file"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={taken}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        data-picture="camera"
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
