import { useTranslation } from "react-i18next";
import type { Model } from "../../api/types.ts";
import { formatMap, formatTimeLeft } from "../../components/format.ts";

/** What menus say of a model: its mAP, or how far it is. */
export function useModelState(): (model: Model) => string {
  const { t } = useTranslation("models");
  return (model) => {
    if (model.status === "ready") return `mAP ${formatMap(model.best?.map)}`;
    if (model.status === "training" && model.eta_s !== null) return formatTimeLeft(model.eta_s);
    return t(model.status);
  };
}
