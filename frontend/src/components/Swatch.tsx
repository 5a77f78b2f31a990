import styles from "./Swatch.module.css";

interface SwatchProps {
  color: string;
  size?: number;
  /** Only the border is coloured: below the threshold, hidden. */
  isHollow?: boolean;
}

/** A label's colour. */
export function Swatch({ color, size = 12, isHollow = false }: SwatchProps) {
  return (
    <span
      aria-hidden="true"
      className={styles.swatch}
      style={{
        width: size,
        height: size,
        background: isHollow ? "transparent" : color,
        borderColor: isHollow ? color : undefined,
      }}
    />
  );
}
