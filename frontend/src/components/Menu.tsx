import { Check, ChevronRight, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps as AriaMenuItemProps,
  type MenuProps as AriaMenuProps,
  MenuTrigger as AriaMenuTrigger,
  Header,
  Keyboard,
  MenuSection,
  Popover,
  Separator,
  SubmenuTrigger,
  Text,
} from "react-aria-components";
import { classNames } from "./classNames.ts";
import { Icon } from "./Icon.tsx";
import styles from "./Menu.module.css";

interface MenuProps<T extends object> extends Omit<AriaMenuProps<T>, "className" | "style"> {
  "aria-label": string;
  className?: string;
}

interface MenuButtonProps<T extends object> extends MenuProps<T> {
  /** The Button that opens the menu. */
  button: ReactNode;
  placement?: "bottom start" | "bottom end" | "top start" | "top end";
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

/** A button with a menu below it: <MenuButton button={<Button>…</Button>} aria-label="…"><MenuItem …/></MenuButton>. */
export function MenuButton<T extends object>({
  button,
  placement = "bottom start",
  isOpen,
  onOpenChange,
  ...menu
}: MenuButtonProps<T>) {
  return (
    <AriaMenuTrigger
      {...(isOpen === undefined ? {} : { isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      {button}
      <MenuPopover placement={placement}>
        <Menu {...menu} />
      </MenuPopover>
    </AriaMenuTrigger>
  );
}

/** The list itself, for a popover of one's own. */
export function Menu<T extends object>({ className, ...rest }: MenuProps<T>) {
  return <AriaMenu {...rest} className={classNames(styles.menu, className)} />;
}

interface MenuPopoverProps {
  placement?: "bottom start" | "bottom end" | "top start" | "top end" | "right top";
  children: ReactNode;
}

export function MenuPopover({ placement = "bottom start", children }: MenuPopoverProps) {
  return (
    <Popover className={styles.popover ?? ""} placement={placement} offset={placement === "right top" ? -4 : 4}>
      {children}
    </Popover>
  );
}

interface MenuItemProps extends Omit<AriaMenuItemProps, "className" | "children" | "style"> {
  icon?: LucideIcon;
  /** Small text at the right: a key, a figure. */
  hint?: ReactNode;
  /** A line below the text. */
  note?: ReactNode;
  isDanger?: boolean;
  children: ReactNode;
}

export function MenuItem({ icon, hint, note, isDanger = false, children, ...rest }: MenuItemProps) {
  const text = typeof children === "string" ? children : undefined;
  return (
    <AriaMenuItem
      {...(text === undefined ? {} : { textValue: text })}
      {...rest}
      className={classNames(styles.item, isDanger && styles.danger)}
    >
      {({ hasSubmenu, selectionMode, isSelected }) => (
        <>
          {selectionMode !== "none" && (
            <span className={styles.icon}>{isSelected && <Icon of={Check} size={16} />}</span>
          )}
          {icon && (
            <span className={styles.icon}>
              <Icon of={icon} size={16} />
            </span>
          )}
          <span className={styles.text}>
            <Text slot="label">{children}</Text>
            {note !== undefined && (
              <Text slot="description" className={styles.note ?? ""}>
                {note}
              </Text>
            )}
          </span>
          {hint !== undefined && <Keyboard className={styles.hint ?? ""}>{hint}</Keyboard>}
          {hasSubmenu && <Icon of={ChevronRight} size={14} className={styles.arrow} />}
        </>
      )}
    </AriaMenuItem>
  );
}

interface SubmenuProps<T extends object> extends MenuProps<T> {
  /** The MenuItem that opens it. */
  item: ReactNode;
}

export function Submenu<T extends object>({ item, ...menu }: SubmenuProps<T>) {
  return (
    <SubmenuTrigger>
      {item as React.JSX.Element}
      <MenuPopover placement="right top">
        <Menu {...menu} />
      </MenuPopover>
    </SubmenuTrigger>
  );
}

/** A group of items under a title. */
export function MenuGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <MenuSection>
      <Header className={styles.header ?? ""}>{title}</Header>
      {children}
    </MenuSection>
  );
}

export function MenuLine() {
  return <Separator className={styles.line ?? ""} />;
}
