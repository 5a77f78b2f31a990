import type { ReactNode } from "react";
import { Slider as AriaSlider, Label, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { classNames } from "./classNames.ts";
import styles from "./Slider.module.css";

interface SliderProps {
  label: string;
  hideLabel?: boolean;
  value: number;
  onChange: (value: number) => void;
  /** After the drag: for what is dear to apply. */
  onChangeEnd?: (value: number) => void;
  minValue: number;
  maxValue: number;
  step?: number;
  /** The figure shown at the right; left out, none is shown. */
  output?: string;
  isDisabled?: boolean;
  /** Drawn over the track, for example ticks. */
  children?: ReactNode;
  className?: string;
}

export function Slider({ label, hideLabel = false, output, children, className, ...rest }: SliderProps) {
  const percent = ((rest.value - rest.minValue) / (rest.maxValue - rest.minValue)) * 100;
  return (
    <AriaSlider
      {...rest}
      {...(hideLabel ? { "aria-label": label } : {})}
      className={classNames(styles.slider, className)}
    >
      {!hideLabel && <Label className={styles.label ?? ""}>{label}</Label>}
      <SliderTrack className={styles.track ?? ""}>
        <span className={styles.rail} />
        <span className={styles.filled} style={{ width: `${Math.min(100, Math.max(0, percent))}%` }} />
        {children}
        <SliderThumb className={styles.thumb ?? ""} />
      </SliderTrack>
      {output !== undefined && <SliderOutput className={styles.output ?? ""}>{output}</SliderOutput>}
    </AriaSlider>
  );
}
