import { Check, CircleDashed, Minus, X } from "lucide-react";
import { Icon } from "../../../components/Icon.tsx";
import type { Judgement } from "./judgement.ts";
import styles from "./Verdict.module.css";

const SIGNS = { correct: Check, incorrect: X, missed: CircleDashed, below: Minus } as const;

interface VerdictProps {
  judgement: Judgement;
  count?: number;
  /** Read aloud with the count. */
  name?: string;
}

/** A tick, a cross or a dashed ring, in the colour of its masks, and how many there are. */
export function Verdict({ judgement, count, name }: VerdictProps) {
  return (
    <span className={styles.verdict} title={name}>
      <Icon of={SIGNS[judgement]} size={14} className={styles[judgement]} />
      {count}
      {name !== undefined && <span className="visually-hidden">{name}</span>}
    </span>
  );
}
