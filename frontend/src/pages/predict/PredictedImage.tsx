/** An image with the kept objects drawn over it in their labels' colours. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type DrawnMask, MaskedImage } from "../../components/MaskedImage.tsx";
import { Switch } from "../../components/Switch.tsx";
import { objectKey, type PredictedObject, pathOf } from "./predictions.ts";

interface PredictedImageProps {
  url: string;
  name: string;
  /** Of the image that the objects are of; left out, the picture's own. */
  size?: { width: number; height: number };
  objects: readonly PredictedObject[];
  colorOf: (label: string) => string;
  chosen: PredictedObject | null;
  onChoose: (object: PredictedObject | null) => void;
}

export function PredictedImage({ url, name, size, objects, colorOf, chosen, onChoose }: PredictedImageProps) {
  const { t } = useTranslation("predict");
  const [showsMasks, setShowsMasks] = useState(true);
  const [showsScores, setShowsScores] = useState(false);
  return (
    <MaskedImage
      url={url}
      name={name}
      {...(size ? { size } : {})}
      masks={showsMasks ? objects.map((object) => drawn(object, colorOf(object.label))) : []}
      masksLabel={t("masksLabel", { count: objects.length })}
      showsTexts={showsScores}
      chosenId={chosen && objectKey(chosen)}
      onChoose={(id) => onChoose(objects.find((object) => objectKey(object) === id) ?? null)}
      tools={
        <>
          <Switch labelFirst isSelected={showsMasks} onChange={setShowsMasks}>
            {t("masks")}
          </Switch>
          <Switch labelFirst isSelected={showsScores} onChange={setShowsScores}>
            {t("scores")}
          </Switch>
        </>
      }
    />
  );
}

function drawn(object: PredictedObject, color: string): DrawnMask {
  return {
    id: objectKey(object),
    path: pathOf(object),
    color,
    text: `${object.label} ${object.score.toFixed(1)}`,
    textAt: { x: (object.x0 + object.x1) / 2, y: object.y0 },
  };
}
