import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, ShieldCheck, ShieldOff, UserX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { MenuButton, MenuItem } from "../../components/Menu.tsx";
import { showToast } from "../../components/toasts.ts";
import { firstPassword } from "./firstPassword.ts";
import type { GivenPassword } from "./PasswordOnce.tsx";
import { type Account, peopleQuery } from "./peopleQuery.ts";

interface AccountMenuButtonProps {
  account: Account;
  onGiven: (given: GivenPassword) => void;
}

/** What an administrator does with somebody else's account. */
export function AccountMenuButton({ account, onGiven }: AccountMenuButtonProps) {
  const { t } = useTranslation("people");
  const [isClosing, setClosing] = useState(false);
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (changes: { password?: string; is_admin?: boolean }) =>
      api.patch(`/api/v1/users/${account.id}`, changes),
    onSuccess: (_, { password }) => password !== undefined && onGiven({ email: account.email, password }),
    onError: (error) => showToast(error.message, { kind: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  const name = account.name || account.email;
  return (
    <>
      <MenuButton
        aria-label={t("menuOf", { name })}
        placement="bottom end"
        button={<IconButton size="small" icon={Ellipsis} label={t("menuOf", { name })} isPending={change.isPending} />}
      >
        <MenuItem icon={KeyRound} onAction={() => change.mutate({ password: firstPassword() })}>
          {t(account.is_closed ? "open" : "setPassword")}
        </MenuItem>
        <MenuItem
          icon={account.is_admin ? ShieldOff : ShieldCheck}
          {...(account.is_admin ? {} : { note: t("administersNote") })}
          onAction={() => change.mutate({ is_admin: !account.is_admin })}
        >
          {t(account.is_admin ? "endAdministration" : "makeAdministrator")}
        </MenuItem>
        {!account.is_closed && (
          <MenuItem icon={UserX} isDanger onAction={() => setClosing(true)}>
            {t("close")}
          </MenuItem>
        )}
      </MenuButton>
      {isClosing && <CloseDialog account={account} name={name} onClose={() => setClosing(false)} />}
    </>
  );
}

function CloseDialog({ account, name, onClose }: { account: Account; name: string; onClose: () => void }) {
  const { t } = useTranslation(["people", "common"]);
  const client = useQueryClient();
  const close = useMutation({
    mutationFn: () => api.post(`/api/v1/users/${account.id}/close`),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
    },
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t("people:closeTitle", { name })}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button kind="danger" isPending={close.isPending} onPress={() => close.mutate()}>
            {t("people:close")}
          </Button>
        </>
      }
    >
      <p>{t("people:closeText", { name })}</p>
      <ErrorMessage error={close.error} />
    </Dialog>
  );
}
