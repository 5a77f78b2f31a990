import type { ReactNode } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { Kbd } from "./Kbd.tsx";
import styles from "./Tooltip.module.css";

interface TooltipProps {
  text: string;
  hint?: string;
  /** One focusable element of react-aria-components, or a Focusable. */
  children: ReactNode;
}

/** Names an icon button; says nothing that cannot be found elsewhere, since touch has no hover. */
export function Tooltip({ text, hint, children }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <AriaTooltip className={styles.tooltip ?? ""} offset={6}>
        {text}
        {hint !== undefined && <Kbd>{hint}</Kbd>}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
