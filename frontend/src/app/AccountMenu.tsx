import { ChevronDown, KeyRound, LogOut, Monitor, Moon, Sun, UserPen, Users, UsersRound } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Me } from "../api/types.ts";
import { Icon } from "../components/Icon.tsx";
import { MenuButton, MenuGroup, MenuItem, MenuLine } from "../components/Menu.tsx";
import { showToast } from "../components/toasts.ts";
import styles from "./AccountMenu.module.css";
import { useCurrentProjectId } from "./currentProject.ts";
import { MyAccountDialog } from "./MyAccountDialog.tsx";
import { signOut } from "./session.ts";
import { chooseTheme, type ThemeChoice, useThemeChoice } from "./theme.ts";

const THEMES = [
  { choice: "system", icon: Monitor, text: "themeSystem" },
  { choice: "light", icon: Sun, text: "themeLight" },
  { choice: "dark", icon: Moon, text: "themeDark" },
] as const satisfies { choice: ThemeChoice; icon: typeof Sun; text: string }[];

export function AccountMenu({ me }: { me: Me }) {
  const { t } = useTranslation(["frame", "people"]);
  const navigate = useNavigate();
  const chosen = useThemeChoice();
  const projectId = useCurrentProjectId();
  const [isChanging, setChanging] = useState(false);

  const leave = async () => {
    try {
      await signOut();
      navigate("/sign-in");
    } catch (error) {
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
    }
  };

  return (
    <>
      <MenuButton
        aria-label={t("account", { name: me.name || me.email })}
        placement="bottom end"
        button={
          <AriaButton
            className={styles.button ?? ""}
            aria-label={`${initialsOf(me)}: ${t("account", { name: me.name || me.email })}`}
          >
            <span className={styles.avatar}>{initialsOf(me)}</span>
            <Icon of={ChevronDown} size={14} className={styles.arrow} />
          </AriaButton>
        }
      >
        <MenuGroup title={me.email}>
          <MenuItem icon={UserPen} onAction={() => setChanging(true)}>
            {t("people:myAccount")}
          </MenuItem>
          <MenuItem icon={KeyRound} href="/account/tokens">
            {t("apiTokens")}
          </MenuItem>
          {projectId !== undefined && (
            <MenuItem icon={Users} href={`/projects/${projectId}/members`}>
              {t("members")}
            </MenuItem>
          )}
          {me.is_admin && (
            <MenuItem icon={UsersRound} href="/people">
              {t("people:title")}
            </MenuItem>
          )}
        </MenuGroup>
        <MenuLine />
        <MenuGroup title={t("theme")}>
          {THEMES.map(({ choice, icon, text }) => (
            <MenuItem
              key={choice}
              icon={icon}
              hint={choice === chosen ? "✓" : undefined}
              onAction={() => chooseTheme(choice)}
            >
              {t(text)}
            </MenuItem>
          ))}
        </MenuGroup>
        <MenuLine />
        <MenuItem icon={LogOut} onAction={leave}>
          {t("signOut")}
        </MenuItem>
      </MenuButton>
      {isChanging && <MyAccountDialog me={me} onClose={() => setChanging(false)} />}
    </>
  );
}

/** "Anna Keller" → "AK"; without a name the first letters of the address. */
export function initialsOf(me: Pick<Me, "name" | "email">): string {
  const words = (me.name || me.email.split("@")[0] || "?").split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]?.[0], words.at(-1)?.[0]] : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}
