// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Form } from "./Form.tsx";

afterEach(cleanup);

test.each([
  [false, 1],
  [true, 0],
])("while pending is %s it is sent %i times", (isPending, times) => {
  const send = vi.fn();
  render(
    <Form id="name" isPending={isPending} onSubmit={send}>
      <input />
    </Form>,
  );
  fireEvent.submit(screen.getByRole("textbox").closest("form") as HTMLFormElement);
  expect(send).toHaveBeenCalledTimes(times);
});
