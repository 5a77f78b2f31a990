import { useTranslation } from "react-i18next";
import { Dialog } from "../components/Dialog.tsx";
import { SignInForm } from "../pages/signin/SignInForm.tsx";
import { currentUser, giveUpSignIn, useSignInAgainWanted } from "./session.ts";

/** The session ended in mid-use: sign in over the page, then what was asked goes on by itself. */
export function SignInAgainDialog() {
  const { t } = useTranslation("signin");
  const isWanted = useSignInAgainWanted();
  return (
    <Dialog isOpen={isWanted} onClose={giveUpSignIn} title={t("again")} size="small">
      <p>{t("againText")}</p>
      <SignInForm email={currentUser()?.email ?? ""} />
    </Dialog>
  );
}
