// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { afterEach, expect, it } from "vitest";
import { useGoBack } from "./useGoBack.ts";

afterEach(cleanup);

function Dialog() {
  const close = useGoBack("/gallery");
  return <button type="button" onClick={close} />;
}

function openAt(address: string) {
  window.history.replaceState(null, "", address);
  const router = createBrowserRouter([{ path: "*", element: <Dialog /> }]);
  render(<RouterProvider router={router} />);
  return router;
}

it("goes back to the page that it was opened from", async () => {
  const router = openAt("/models/7?compare=8");
  await act(() => router.navigate("/dialog"));
  fireEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(router.state.location).toMatchObject({ pathname: "/models/7", search: "?compare=8" }));
});

it("goes home where it was opened by its address", async () => {
  const router = openAt("/dialog");
  fireEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(router.state.location.pathname).toBe("/gallery"));
});

it("goes home where it was opened by its address and the sign-in came before it", async () => {
  const router = openAt("/sign-in");
  await act(() => router.navigate("/dialog", { replace: true }));
  fireEvent.click(screen.getByRole("button"));
  await waitFor(() => expect(router.state.location.pathname).toBe("/gallery"));
});
