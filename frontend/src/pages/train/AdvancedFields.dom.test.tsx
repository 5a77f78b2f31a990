// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { AdvancedFields } from "./AdvancedFields.tsx";
import type { TrainingDefaults } from "./trainingQueries.ts";

afterEach(cleanup);

function validationSwitch(usesSet: boolean): HTMLInputElement {
  const defaults = { marked_images: 0, validation_percent: 20 } as TrainingDefaults;
  const choice = { name: "a", use_validation_set: usesSet };
  render(<AdvancedFields defaults={defaults} choice={choice} onChange={() => undefined} />);
  return screen.getByRole<HTMLInputElement>("switch");
}

it("offers no validation set where no image is marked", () => {
  expect(validationSwitch(false).disabled).toBe(true);
});

it("lets go of a validation set that an earlier model had and that is empty by now", () => {
  expect(validationSwitch(true).disabled).toBe(false);
});
