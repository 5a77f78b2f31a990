import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router";
import { queryClient } from "../api/queryClient.ts";
import { ToastRegion } from "../components/ToastRegion.tsx";
import { router } from "./router.tsx";

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      {/* A page follows its address at once: what a transition draws later, the next click would not know of. */}
      <RouterProvider router={router} useTransitions={false} />
      <ToastRegion />
    </QueryClientProvider>
  );
}
