import type { LucideIcon } from "lucide-react";

interface IconProps {
  of: LucideIcon;
  size?: number;
  className?: string | undefined;
}

/** A line icon beside a text or in a button that has its own name; never read aloud. */
export function Icon({ of: Shape, size = 16, className }: IconProps) {
  return <Shape size={size} strokeWidth={1.75} aria-hidden="true" focusable="false" className={className} />;
}
