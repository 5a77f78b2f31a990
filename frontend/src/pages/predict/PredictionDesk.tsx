/** Three columns around one image: the images at the left, what was found drawn over it, scores and thresholds at the right. */
import { type ReactNode, useMemo, useState } from "react";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { PredictedImage } from "./PredictedImage.tsx";
import styles from "./PredictionDesk.module.css";
import { PredictionList } from "./PredictionList.tsx";
import { type Cut, isKept, type PredictedObject } from "./predictions.ts";
import { ThresholdPanel } from "./ThresholdPanel.tsx";

export interface ShownPicture {
  name: string;
  /** Null while it is on its way. */
  url: string | null;
  /** Of the image, where the picture may be a smaller one. */
  size?: { width: number; height: number };
  objects: readonly PredictedObject[];
  isDone: boolean;
  error: unknown;
}

export interface CutControl {
  cut: Cut;
  setCut: (cut: Cut) => void;
  modelThresholds: Readonly<Record<string, number>>;
  setAll?: (score: number) => Promise<unknown>;
}

interface PredictionDeskProps {
  /** The images. */
  left: ReactNode;
  picture: ShownPicture | null;
  /** Where what went wrong with the picture may go right another time. */
  onRetry?: () => void;
  /** Beside the picture's name. */
  state?: ReactNode;
  actions?: ReactNode;
  /** In place of a picture. */
  empty: ReactNode;
  /** Which model this is of. */
  model: ReactNode;
  cut: CutControl;
  colorOf: (label: string) => string;
  downloads: ReactNode;
}

export function PredictionDesk(props: PredictionDeskProps) {
  const { left, picture, onRetry, state, actions, empty, model, cut: control, colorOf, downloads } = props;
  const { cut, setCut, modelThresholds, setAll } = control;
  const [chosen, setChosen] = useState<PredictedObject | null>(null);
  const kept = useMemo(() => picture?.objects.filter((object) => isKept(object, cut)) ?? [], [picture?.objects, cut]);
  return (
    <div className={styles.page}>
      <aside className={styles.left}>{left}</aside>
      <section className={styles.middle}>
        {picture && (
          <header className={styles.header}>
            <h1 className={styles.name}>{picture.name}</h1>
            <span className={styles.state}>{state}</span>
            <span className={styles.space} />
            {actions}
          </header>
        )}
        {Boolean(picture?.error) && (
          <div className={styles.error}>
            <ErrorMessage error={picture?.error} {...(onRetry ? { onRetry } : {})} />
          </div>
        )}
        {picture?.url ? (
          <PredictedImage
            url={picture.url}
            name={picture.name}
            {...(picture.size ? { size: picture.size } : {})}
            objects={kept}
            colorOf={colorOf}
            chosen={chosen}
            onChoose={setChosen}
          />
        ) : (
          <div className={styles.empty}>{empty}</div>
        )}
      </section>
      <aside className={styles.right}>
        <div className={styles.model}>{model}</div>
        <ThresholdPanel
          modelThresholds={modelThresholds}
          cut={cut}
          onChange={setCut}
          {...(setAll ? { onSetAll: setAll } : {})}
          objects={picture?.objects ?? []}
          colorOf={colorOf}
        />
        {picture?.isDone ? (
          <PredictionList objects={picture.objects} cut={cut} colorOf={colorOf} chosen={chosen} onChoose={setChosen} />
        ) : (
          <div />
        )}
        {downloads}
      </aside>
    </div>
  );
}
