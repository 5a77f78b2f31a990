import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, ShieldCheck, ShieldOff, UserX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { IconButton } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { showToast } from "../../components/toasts.ts";
import { firstPassword } from "./firstPassword.ts";
import type { GivenPassword } from "./PasswordOnce.tsx";
import { type Account, peopleKey } from "./peopleQuery.ts";
import { useAccountChange } from "./useAccountChange.ts";

interface AccountMenuButtonProps {
  account: Account;
  onGiven: (given: GivenPassword) => void;
}

/** What is asked about first: it signs the person out everywhere. */
type Asked = "close" | "setPassword";

/** What an administrator does with somebody else's account. */
export function AccountMenuButton({ account, onGiven }: AccountMenuButtonProps) {
  const { t } = useTranslation("people");
  const [asked, setAsked] = useState<Asked | null>(null);
  const change = useAccountChange(account, onGiven);
  const name = account.name || account.email;
  const onError = (error: Error) => showToast(error.message, { kind: "error" });
  const open = () => change.mutate({ password: firstPassword() }, { onError });
  return (
    <>
      <MenuButton
        aria-label={t("menuOf", { name })}
        placement="bottom end"
        button={<IconButton size="small" icon={Ellipsis} label={t("menuOf", { name })} isPending={change.isPending} />}
      >
        <MenuItem icon={KeyRound} onAction={account.is_closed ? open : () => setAsked("setPassword")}>
          {t(account.is_closed ? "open" : "setPassword")}
        </MenuItem>
        <MenuItem
          icon={account.is_admin ? ShieldOff : ShieldCheck}
          {...(account.is_admin ? {} : { note: t("administersNote") })}
          onAction={() => change.mutate({ is_admin: !account.is_admin }, { onError })}
        >
          {t(account.is_admin ? "endAdministration" : "makeAdministrator")}
        </MenuItem>
        {!account.is_closed && (
          <MenuItem icon={UserX} isDanger onAction={() => setAsked("close")}>
            {t("close")}
          </MenuItem>
        )}
      </MenuButton>
      {asked === "close" && <CloseDialog account={account} name={name} onClose={() => setAsked(null)} />}
      {asked === "setPassword" && (
        <PasswordDialog account={account} name={name} onGiven={onGiven} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

interface AccountDialogProps {
  account: Account;
  name: string;
  onClose: () => void;
}

function CloseDialog({ account, name, onClose }: AccountDialogProps) {
  const { t } = useTranslation("people");
  const client = useQueryClient();
  const close = useMutation({
    mutationFn: () => api.post(`/api/v1/users/${account.id}/close`),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: peopleKey });
    },
  });
  return (
    <ConfirmDialog
      title={t("closeTitle", { name })}
      action={t("closeAction")}
      isPending={close.isPending}
      error={close.error}
      onConfirm={close.mutate}
      onClose={onClose}
    >
      {t("closeText", { name })}
    </ConfirmDialog>
  );
}

function PasswordDialog({
  account,
  name,
  onGiven,
  onClose,
}: AccountDialogProps & Pick<AccountMenuButtonProps, "onGiven">) {
  const { t } = useTranslation("people");
  const change = useAccountChange(account, (given) => {
    onGiven(given);
    onClose();
  });
  return (
    <ConfirmDialog
      title={t("setPasswordTitle", { name })}
      action={t("setPasswordAction")}
      kind="primary"
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ password: firstPassword() })}
      onClose={onClose}
    >
      {t("setPasswordText", { name })}
    </ConfirmDialog>
  );
}
