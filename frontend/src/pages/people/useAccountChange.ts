import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { GivenPassword } from "./PasswordOnce.tsx";
import { type Account, peopleKey } from "./peopleQuery.ts";

interface AccountChanges {
  password?: string;
  is_admin?: boolean;
}

/** Changes somebody else's account; a password that it was given is handed on also when what asked for it is closed. */
export function useAccountChange({ id, email }: Account, onGiven: (given: GivenPassword) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: AccountChanges) => api.patch(`/api/v1/users/${id}`, changes),
    onSuccess: (_, { password }) => password !== undefined && onGiven({ email, password }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKey }),
  });
}
