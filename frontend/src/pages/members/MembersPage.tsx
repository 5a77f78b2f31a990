import { useTranslation } from "react-i18next";
import { Page } from "../../app/Page.tsx";

export function MembersPage() {
  const { t } = useTranslation("members");
  return <Page title={t("title")}>{null}</Page>;
}
