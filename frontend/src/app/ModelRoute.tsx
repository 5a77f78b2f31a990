import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";
import { isNotFound } from "../api/client.ts";
import { modelQuery } from "../api/queries.ts";
import { useIdParam } from "./currentProject.ts";
import { NotFoundPage } from "./FailurePages.tsx";

/** Around the pages of one model: none of them shows a model that was deleted, by whomever, as if it were there. */
export function ModelRoute() {
  const model = useQuery(modelQuery(useIdParam("modelId")));
  return isNotFound(model.error) ? <NotFoundPage /> : <Outlet />;
}
