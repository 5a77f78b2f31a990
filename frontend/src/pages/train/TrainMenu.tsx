import { useTranslation } from "react-i18next";
import type { Project } from "../../api/types.ts";
import { isAtLeast } from "../../app/roles.ts";
import { LinkButton } from "../../components/Button.tsx";

/** "Train model" in the bar of every page that belongs to a project; labelers, who may not train, do not see it. */
export function TrainMenu({ project }: { project: Project }) {
  const { t } = useTranslation("models");
  if (!isAtLeast(project.role, "Developer")) return null;
  return (
    <LinkButton kind="quiet" to={`/projects/${project.id}/train`}>
      {t("train")}
    </LinkButton>
  );
}
