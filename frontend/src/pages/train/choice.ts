/** What the train dialog asks for, from its defaults, as an earlier model was trained, or from where one stands. */
import type { Model, NewModel } from "../../api/types.ts";
import type { SizeDefaults, TrainingDefaults } from "./trainingQueries.ts";

/** `like` trains again with the same settings and seed; `further` goes on from the model's weights. */
export interface Earlier {
  way: "like" | "further";
  model: Model;
}

export function initialChoice(
  defaults: TrainingDefaults,
  earlier: Earlier | undefined,
  models: readonly Model[],
): NewModel {
  const choice = {
    ...withSize({ name: defaults.name }, sizeOf(defaults, defaults.size)),
    use_validation_set: defaults.use_validation_set,
    validation_percent: defaults.validation_percent,
  };
  if (earlier === undefined) return choice;
  return earlier.way === "like"
    ? likeModel(choice, earlier.model, models)
    : continuing(choice, defaults, earlier.model);
}

/** A size with its own image size and no times typed; what goes on from a model of another size begins anew. */
export function withSize(choice: NewModel, size: SizeDefaults | undefined, continued?: Model): NewModel {
  if (size === undefined) return choice;
  return {
    ...choice,
    size: size.size,
    train_minutes: undefined,
    stop_minutes: undefined,
    image_size: size.image_size,
    continue_from: continued?.size === size.size ? choice.continue_from : undefined,
  };
}

/** The choice as it is shown and sent: with the proposed times where none was typed. */
export function withTimes(choice: NewModel, size: SizeDefaults | undefined): NewModel {
  return {
    ...choice,
    train_minutes: choice.train_minutes ?? size?.train_minutes,
    stop_minutes: choice.stop_minutes ?? size?.stop_minutes,
  };
}

/** Go on from a model, with its size and image size, since its weights fit no other; undefined begins anew. */
export function continuing(choice: NewModel, defaults: TrainingDefaults, model: Model | undefined): NewModel {
  if (model === undefined) return { ...choice, continue_from: undefined };
  const sized = choice.size === model.size ? choice : withSize(choice, sizeOf(defaults, model.size));
  return { ...sized, image_size: numberOf(model.config.image_size), continue_from: model.id };
}

/** The choice with changes made by hand; a number whose field was emptied is the default again. */
export function changed(
  choice: NewModel,
  values: Partial<NewModel>,
  defaults: TrainingDefaults,
  continued: Model | undefined,
): NewModel {
  const own = ownNumbers(choice, defaults, continued);
  const filled = Object.entries(values).map(([name, value]) => [name, Number.isNaN(value) ? own[name] : value]);
  return { ...choice, ...Object.fromEntries(filled) };
}

export function sizeOf(defaults: TrainingDefaults, size: NewModel["size"]): SizeDefaults | undefined {
  return defaults.sizes.find((one) => one.size === size);
}

/** Models whose weights there are to go on from. */
export function hasCheckpoint(model: Model): boolean {
  return model.best !== null || model.last !== null;
}

/** What an emptied field stands for; what is not here is chosen by the server. */
function ownNumbers(
  choice: NewModel,
  defaults: TrainingDefaults,
  continued: Model | undefined,
): Record<string, number | undefined> {
  const ofSize = sizeOf(defaults, choice.size)?.image_size;
  return { image_size: continued ? numberOf(continued.config.image_size) : ofSize };
}

/** The settings of a model; what it went on from may be deleted by now, and the new one then begins anew. */
function likeModel(choice: NewModel, { size, config }: Model, models: readonly Model[]): NewModel {
  const continued = models.find((model) => model.id === config.continue_from && hasCheckpoint(model));
  return {
    ...choice,
    size,
    train_minutes: numberOf(config.train_minutes),
    stop_minutes: numberOf(config.stop_minutes),
    use_validation_set: config.use_validation_set === true,
    validation_percent: numberOf(config.validation_percent),
    learning_rate: numberOf(config.learning_rate),
    image_size: numberOf(config.image_size),
    seed: numberOf(config.seed),
    max_steps: numberOf(config.max_steps),
    continue_from: continued?.id,
  };
}

function numberOf(value: Model["config"][string] | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
