import type { LucideIcon } from "lucide-react";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import { Link, type LinkProps } from "react-router";
import styles from "./Button.module.css";
import { classNames } from "./classNames.ts";
import { Icon } from "./Icon.tsx";
import { Tooltip } from "./Tooltip.tsx";

/** primary: one a page. upload: the red one. danger: cannot be undone. quiet: no border until hovered. */
export type ButtonKind = "default" | "primary" | "upload" | "danger" | "quiet";
export type ButtonSize = "small" | "medium" | "large";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: LucideIcon;
  iconAfter?: LucideIcon;
  fill?: boolean;
  children?: ReactNode;
  className?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  kind = "default",
  size = "medium",
  icon,
  iconAfter,
  fill = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton {...rest} className={classNames(buttonClass(kind, size), fill && styles.fill, className)}>
      {icon && <Icon of={icon} size={size === "small" ? 14 : 16} />}
      {children !== undefined && <span className={styles.text}>{children}</span>}
      {iconAfter && <Icon of={iconAfter} size={14} className={styles.after} />}
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "icon" | "iconAfter" | "children" | "fill"> {
  icon: LucideIcon;
  /** Read aloud and shown as the tooltip. */
  label: string;
  /** The key that does the same, shown in the tooltip. */
  hint?: string;
}

export function IconButton({
  icon,
  label,
  hint,
  kind = "quiet",
  size = "medium",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(hint === undefined ? {} : { hint })}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={classNames(buttonClass(kind, size), styles.iconOnly, className)}
      >
        <Icon of={icon} size={size === "small" ? 14 : 16} />
      </AriaButton>
    </Tooltip>
  );
}

interface LinkButtonProps extends Omit<LinkProps, "className"> {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: LucideIcon;
  fill?: boolean;
  className?: string;
}

/** A link that looks like a button: it changes the page, opens in a new tab with Ctrl. */
export function LinkButton({
  kind = "default",
  size = "medium",
  icon,
  fill = false,
  className,
  children,
  ...rest
}: LinkButtonProps) {
  return (
    <Link {...rest} className={classNames(buttonClass(kind, size), fill && styles.fill, className)}>
      {icon && <Icon of={icon} size={size === "small" ? 14 : 16} />}
      <span className={styles.text}>{children}</span>
    </Link>
  );
}

interface DownloadButtonProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "className" | "download"> {
  href: string;
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: LucideIcon;
  className?: string;
}

/** A link to a file of the server that looks like a button; the browser saves what it leads to. */
export function DownloadButton({
  kind = "default",
  size = "medium",
  icon,
  className,
  children,
  ...rest
}: DownloadButtonProps) {
  return (
    <a {...rest} download="" className={classNames(buttonClass(kind, size), className)}>
      {icon && <Icon of={icon} size={size === "small" ? 14 : 16} />}
      <span className={styles.text}>{children}</span>
    </a>
  );
}

function buttonClass(kind: ButtonKind, size: ButtonSize): string {
  return classNames(styles.button, styles[kind], styles[size]);
}
