import { describe, expect, it } from "vitest";
import type { Model } from "../../api/types.ts";
import { changed, continuing, initialChoice, withSize, withTimes } from "./choice.ts";
import type { TrainingDefaults } from "./trainingQueries.ts";

const size = (name: "small" | "medium" | "large", minutes: number) => ({
  size: name,
  train_minutes: minutes,
  stop_minutes: minutes / 4,
  predict_minutes: 1,
  image_size: 512,
  images_per_second: 1,
  pace_basis: "reference" as const,
  measured_in: null,
  starts_from: "random weights",
});

const defaults: TrainingDefaults = {
  name: "fruit-3",
  size: "small",
  use_validation_set: true,
  validation_percent: 20,
  learning_rate: null,
  labeled_images: 42,
  unlabeled_images: 0,
  marked_images: 8,
  label_count: 3,
  device: "CPU, 2 cores",
  is_gpu: false,
  sizes: [size("small", 12), size("medium", 48), size("large", 110)],
  waits_for: [],
  waits_for_others: 0,
  has_worker: true,
  problem: null,
};

const model: Model = {
  id: 7,
  name: "fruit-2",
  project_id: 1,
  size: "medium",
  status: "ready",
  progress: 1,
  elapsed_s: 60,
  eta_s: null,
  initialised_from: "random weights",
  best: null,
  last: {
    step: 9,
    elapsed_s: 60,
    train_loss: 1,
    validation_loss: 1,
    validation_class_loss: null,
    validation_accuracy: 0.5,
    map: 0.4,
    ap50: 0.7,
    learning_rate: 0.001,
    is_best: true,
  },
  error: null,
  class_names: ["fig"],
  attempt: 1,
  can_stop: false,
  stop_note: null,
  can_resume: false,
  training_image_count: 34,
  validation_image_count: 8,
  device: "CPU, 2 cores",
  images_per_second: 2,
  default_speed: "slow",
  config: {
    image_size: 256,
    train_minutes: 5,
    stop_minutes: 2.5,
    use_validation_set: false,
    validation_percent: 30,
    learning_rate: 0.002,
    seed: 4,
    max_steps: 200,
    continue_from: 3,
  },
};

describe("initialChoice", () => {
  it("takes the defaults of the default size", () => {
    expect(initialChoice(defaults, undefined, [model])).toMatchObject({
      name: "fruit-3",
      size: "small",
      train_minutes: undefined,
      image_size: 512,
      use_validation_set: true,
    });
  });

  it("takes every setting of a model that is trained again, under a new name", () => {
    const earlier = { ...model, id: 3, name: "fruit-1" };
    expect(initialChoice(defaults, { way: "like", model }, [model, earlier])).toEqual({
      ...model.config,
      name: "fruit-3",
      size: "medium",
    });
  });

  it("begins anew where what the model went on from is gone", () => {
    expect(initialChoice(defaults, { way: "like", model }, [model]).continue_from).toBeUndefined();
  });

  it("goes on from a model with its size and image size, and no time typed", () => {
    expect(initialChoice(defaults, { way: "further", model }, [model])).toMatchObject({
      size: "medium",
      image_size: 256,
      train_minutes: undefined,
      continue_from: 7,
    });
  });
});

describe("withSize", () => {
  it("keeps what it goes on from at the same size, and begins anew at another", () => {
    const choice = continuing(initialChoice(defaults, undefined, []), defaults, model);
    expect(withSize(choice, defaults.sizes[1], model).continue_from).toBe(7);
    expect(withSize(choice, defaults.sizes[2], model).continue_from).toBeUndefined();
  });
});

describe("withTimes", () => {
  const choice = initialChoice(defaults, undefined, []);

  it("proposes the times where none was typed", () => {
    expect(withTimes(choice, size("small", 90))).toMatchObject({ train_minutes: 90, stop_minutes: 22.5 });
  });

  it("keeps a time that was typed", () => {
    const typed = changed(choice, { train_minutes: 7 }, defaults, undefined);
    expect(withTimes(typed, size("small", 90))).toMatchObject({ train_minutes: 7, stop_minutes: 22.5 });
  });
});

describe("changed", () => {
  const emptied = { train_minutes: Number.NaN, image_size: Number.NaN, learning_rate: Number.NaN };

  it("takes what was entered", () => {
    const choice = changed(
      initialChoice(defaults, undefined, []),
      { train_minutes: 3, name: "a" },
      defaults,
      undefined,
    );
    expect(choice).toMatchObject({ train_minutes: 3, name: "a", size: "small" });
  });

  it("goes back to the default where a field was emptied", () => {
    const like = initialChoice(defaults, { way: "like", model }, []);
    const choice = changed(like, emptied, defaults, undefined);
    expect(choice).toMatchObject({ train_minutes: undefined, image_size: 512 });
    expect(choice.learning_rate).toBeUndefined();
  });

  it("goes back to the image size of the model it goes on from", () => {
    const further = initialChoice(defaults, { way: "further", model }, [model]);
    expect(changed({ ...further, image_size: 320 }, emptied, defaults, model).image_size).toBe(256);
  });
});
