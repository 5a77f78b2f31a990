/** Every address of the app. Each page is loaded when it is first opened. */
import type { ComponentType } from "react";
import { createBrowserRouter, Navigate } from "react-router";
import { NotFoundPage, PageFailed } from "./FailurePages.tsx";
import { Frame } from "./Frame.tsx";
import { ModelRoute } from "./ModelRoute.tsx";
import { ProjectRoute } from "./ProjectRoute.tsx";

const page = (load: () => Promise<ComponentType>) => async () => ({ Component: await load() });

export const router = createBrowserRouter([
  {
    path: "/sign-in",
    lazy: page(async () => (await import("../pages/signin/SignInPage.tsx")).SignInPage),
    ErrorBoundary: PageFailed,
    HydrateFallback: Nothing,
  },
  {
    path: "/",
    Component: Frame,
    HydrateFallback: Nothing,
    ErrorBoundary: PageFailed,
    children: [
      { index: true, element: <Navigate to="/projects" replace /> },
      {
        ErrorBoundary: PageFailed,
        children: [
          {
            path: "projects",
            lazy: page(async () => (await import("../pages/projects/ProjectsPage.tsx")).ProjectsPage),
          },
          {
            path: "projects/:projectId",
            lazy: page(async () => (await import("../pages/gallery/GalleryPage.tsx")).GalleryPage),
            // These dialogs stand over the gallery.
            children: [
              { path: "train", lazy: page(async () => (await import("../pages/train/TrainDialog.tsx")).TrainDialog) },
              {
                path: "settings",
                lazy: page(async () => (await import("../pages/projects/ProjectSettings.tsx")).ProjectSettingsPage),
              },
            ],
          },
          {
            path: "projects/:projectId/label/:imageId?",
            lazy: page(async () => (await import("../pages/labeling/LabelingPage.tsx")).LabelingPage),
          },
          {
            // The editor is not among them: it says itself what cannot be saved, and keeps it.
            path: "projects/:projectId",
            Component: ProjectRoute,
            children: [
              {
                path: "members",
                lazy: page(async () => (await import("../pages/members/MembersPage.tsx")).MembersPage),
              },
              {
                path: "time",
                lazy: page(async () => (await import("../pages/time/TimePage.tsx")).TimePage),
              },
              {
                path: "models",
                lazy: page(async () => (await import("../pages/models/ModelsPage.tsx")).ModelsPage),
              },
              {
                path: "near-duplicates",
                lazy: page(
                  async () => (await import("../pages/nearDuplicates/NearDuplicatesPage.tsx")).NearDuplicatesPage,
                ),
              },
              {
                path: "compare",
                lazy: page(async () => (await import("../pages/compare/ComparePage.tsx")).ComparePage),
              },
              {
                path: "batches",
                lazy: page(async () => (await import("../pages/batches/BatchesPage.tsx")).BatchesPage),
              },
            ],
          },
          {
            path: "models/:modelId",
            Component: ModelRoute,
            children: [
              { index: true, lazy: page(async () => (await import("../pages/model/ModelPage.tsx")).ModelPage) },
              {
                path: "statistics",
                lazy: page(async () => (await import("../pages/statistics/StatisticsPage.tsx")).StatisticsPage),
              },
              {
                path: "review",
                lazy: page(async () => (await import("../pages/fixes/ReviewPage.tsx")).ReviewPage),
              },
              {
                path: "predict",
                lazy: page(async () => (await import("../pages/predict/PredictPage.tsx")).PredictPage),
              },
              { path: "api", lazy: page(async () => (await import("../pages/api/ApiPage.tsx")).ApiPage) },
            ],
          },
          {
            path: "batches/:batchId",
            lazy: page(async () => (await import("../pages/batches/BatchPage.tsx")).BatchPage),
          },
          { path: "queue", lazy: page(async () => (await import("../pages/train/QueuePage.tsx")).QueuePage) },
          { path: "account/tokens", lazy: page(async () => (await import("../pages/api/TokensPage.tsx")).TokensPage) },
          { path: "people", lazy: page(async () => (await import("../pages/people/PeoplePage.tsx")).PeoplePage) },
          { path: "help", lazy: page(async () => (await import("../pages/help/HelpPage.tsx")).HelpPage) },
          { path: "*", Component: NotFoundPage },
        ],
      },
    ],
  },
]);

function Nothing() {
  return null;
}
