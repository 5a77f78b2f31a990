/** "Review errors" of a model: opens the labeling desk at the finding that most needs a look. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { modelQuery } from "../../api/queries.ts";
import type { Split } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { usePageTitle } from "../../app/Page.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { chosenImagesKey } from "../labeling/work/imageRow.ts";
import { findingsQuery } from "./fixQueries.ts";
import { reviewAddress } from "./reviewAddress.ts";

export function ReviewPage() {
  const { t } = useTranslation("fixes");
  const modelId = useIdParam("modelId");
  const [search] = useSearchParams();
  const split: Split = search.get("split") === "training" ? "training" : "validation";
  const queryClient = useQueryClient();
  const [isFresh, setIsFresh] = useState(false);
  useEffect(() => {
    // an earlier walk's list has what was fixed since
    queryClient.removeQueries({ queryKey: findingsQuery(modelId, split).queryKey });
    setIsFresh(true);
  }, [queryClient, modelId, split]);
  const model = useQuery(modelQuery(modelId)).data;
  const findings = useQuery({ ...findingsQuery(modelId, split), enabled: isFresh });
  usePageTitle(t("title"));
  if (findings.error) return <ErrorMessage error={findings.error} onRetry={() => void findings.refetch()} />;
  if (!findings.data || !model) return <Skeleton height={320} />;
  const [first] = findings.data.items;
  if (!first) {
    const statistics = `/models/${modelId}/statistics?split=${split}`;
    return (
      <EmptyState
        icon={CircleCheck}
        title={t("none")}
        action={<LinkButton to={statistics}>{t("toStatistics")}</LinkButton>}
      >
        {t("noneText")}
      </EmptyState>
    );
  }
  const imageIds = new Set(findings.data.items.map(({ image_id }) => image_id));
  sessionStorage.setItem(chosenImagesKey(model.project_id), [...imageIds].join());
  return <Navigate to={reviewAddress(model.project_id, { modelId, split, finding: first })} replace />;
}
