"""One training as a library call: steps, evaluations, checkpoints, and every way it may end."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from torchvision.models.detection import MaskRCNN

from app.db.enums import CheckpointKind
from worker import checkpoint, device, schedule, weights
from worker import model as networks
from worker.dataset import PreparedImages, TrainingData
from worker.early_stopping import EarlyStopping
from worker.evaluate import Evaluator
from worker.learner import Learner
from worker.recipe import choose_recipe
from worker.report import CurvePoint, Reporter, StopRequest
from worker.samples import SampleStream
from worker.schedule import Moment, Schedule, StepSchedule, TimeSchedule
from worker.threads import ThreadTuner
from worker.train_config import TrainConfig
from worker.weights import InitialWeights

MAX_RECOVERIES = 3  # each halves the learning rate; what an eighth of it does not cure is no matter of the rate
PROGRESS_SECONDS = 1  # a report is a transaction; a person sees no more
TRAINING_MEMORY_SHARE = 0.25  # of what is free, for prepared images
VALIDATION_MEMORY_SHARE = 0.1


class Outcome(StrEnum):
    FINISHED = "finished"  # time or steps are used up
    STOPPED_EARLY = "stopped early"  # stop_minutes without a better mAP
    STOPPED = "stopped"  # by request
    PAUSED = "paused"  # by request, to go on later


class TrainingDiverged(RuntimeError):
    """The loss is not finite, whatever the learning rate."""


class NothingToTrainOn(ValueError):
    """There is no training image."""


@dataclass(frozen=True, slots=True)
class FitResult:
    """How a training ended. best and last are None where it ended before its first evaluation."""

    outcome: Outcome
    best: CurvePoint | None
    last: CurvePoint | None
    elapsed_s: float
    initialised_from: str


def fit(
    config: TrainConfig,
    data: TrainingData,
    reporter: Reporter,
    *,
    resume_from: Path | None,
    work_dir: Path,
    clock: Callable[[], float] = time.monotonic,
    initial_weights: InitialWeights | None = None,
) -> FitResult:
    """Train a model until its time or steps are used up, it stops improving, or a request ends it.

    Args:
        resume_from: A `last` checkpoint of the same training to go on from; its elapsed time counts.
        work_dir: Existing folder for `best.pt` and `last.pt`.
        clock: Seconds that pass while training; only differences count.
        initial_weights: From weights.find_initial_weights; None starts from random weights. Not read on resuming.
    Raises:
        NothingToTrainOn: no image is in the training split.
        TrainingDiverged: the loss was not finite four times.
        InvalidCheckpoint: resume_from cannot be read.
        LeaseLost: from the reporter (app.training.lifecycle).
    """
    if not data.training:
        raise NothingToTrainOn("no labeled image is left for training; label more or shrink the validation set")
    training = _Training(config, data, reporter, work_dir=work_dir, clock=clock)
    if resume_from is None:
        training.begin(initial_weights or InitialWeights(None, weights.RANDOM))
    else:
        training.resume(resume_from)
    try:
        return training.run()
    finally:
        training.close()


class _Training:
    """What lives through one call of fit."""

    def __init__(
        self, config: TrainConfig, data: TrainingData, reporter: Reporter, *, work_dir: Path, clock: Callable[[], float]
    ) -> None:
        self._config = config
        self._data = data
        self._reporter = reporter
        self._work_dir = work_dir
        self._clock = clock
        self._device = device.choose_device(config.device)
        device.use_all_cores()
        self._threads = ThreadTuner(device.available_cores())
        self._autocast_dtype = device.autocast_dtype(self._device, reproducible=config.max_steps is not None)
        self._schedule = _schedule(config)
        self._early_stopping = EarlyStopping(config.stop_minutes * 60)
        self._evaluator = Evaluator(
            data.validation,
            config.class_names,
            image_size=config.image_size,
            memory_bytes=int(device.available_memory_bytes() * VALIDATION_MEMORY_SHARE),
            device=self._device,
        )
        self._images = PreparedImages(
            data.training,
            config.class_names,
            image_size=config.image_size,
            memory_bytes=int(device.available_memory_bytes() * TRAINING_MEMORY_SHARE),
        )
        # What a checkpoint brings back:
        self._step = 0
        self._rate_factor = 1.0
        self._recoveries = 0
        self._evaluation_s: float | None = None
        self._best: CurvePoint | None = None
        self._last: CurvePoint | None = None
        self._history: list[tuple[float, float]] = []  # of each step: how far the training was, and its learning rate
        # What it does not:
        self._losses: list[float] = []  # since the last evaluation, where checkpoints are made
        self._good_state: Path | None = None
        self._started_at = 0.0
        self._progress_at = float("-inf")
        self._vanished_told = 0

    def begin(self, initial: InitialWeights) -> None:
        checkpoint.seed_everything(self._config.seed)
        self._prepare(initial)
        self._started_at = self._clock()
        self._say_what_is_trained()

    def resume(self, path: Path) -> None:
        content = checkpoint.read_checkpoint(path)
        state = content["training"]
        # Its weights, random or not, are in the checkpoint; what they were decides what is held fixed.
        self._prepare(InitialWeights(None, content["initialised_from"]), pretrained=state["pretrained"])
        self._load_state(state)
        self._last = CurvePoint.from_dict(state["evaluated"]) if state["evaluated"] else None
        self._good_state = path
        self._started_at = self._clock() - state["elapsed_s"]
        self._say_what_is_trained()
        self._reporter.log(f"Resumed from step {self._step}, after {state['elapsed_s']:.0f} s of training.")

    def run(self) -> FitResult:
        while (outcome := self._outcome()) is None:
            self._take_step()
            if self._schedule.evaluation_is_due(self._moment()):
                self._evaluate_and_save()
        evaluated = self._last.step if self._last else 0
        if evaluated < self._step:
            if outcome is Outcome.PAUSED:
                self._save_unevaluated()
            else:
                self._evaluate_and_save()
        self._reporter.log(f"Training {outcome} at step {self._step}, after {self._elapsed_s():.0f} s.")
        return FitResult(outcome, self._best, self._last, self._elapsed_s(), self._initial.description)

    def close(self) -> None:
        self._stream.close()

    def _prepare(self, initial: InitialWeights, *, pretrained: bool | None = None) -> None:
        self._initial = initial
        self._pretrained = initial.path is not None if pretrained is None else pretrained
        self._recipe = choose_recipe(self._config, pretrained=self._pretrained, device=self._device)
        self._learner = self._new_learner()
        self._stream = SampleStream(
            self._images,
            self._recipe.augmentation,
            seed=self._config.seed,
            batch_size=self._recipe.batch_size,
            threads=device.available_cores() if self._device.type == "cuda" else 0,
        )

    def _new_learner(self) -> Learner:
        return Learner(
            self._initial_model(),
            self._recipe,
            freeze_batch_norm=self._pretrained,
            device=self._device,
            autocast_dtype=self._autocast_dtype,
        )

    def _initial_model(self) -> MaskRCNN:
        config = self._config
        model = networks.build_model(config.size, class_count=len(config.class_names), image_size=config.image_size)
        if self._initial.path is not None:
            found = weights.load_initial_weights(model, config.size, self._initial.path)
            self._reporter.log(
                f"Started from {self._initial.description}: {len(found.loaded)} tensors loaded; "
                f"random: {', '.join(found.not_loaded)}."
            )
        return model

    def _say_what_is_trained(self) -> None:
        precision = "float32" if self._autocast_dtype is None else str(self._autocast_dtype).removeprefix("torch.")
        self._reporter.log(
            f"Training a {self._config.size} model from {self._initial.description} on {self._device} in {precision}: "
            f"{len(self._data.training)} training and {len(self._data.validation)} validation images "
            f"at {self._config.image_size} px, batches of {self._recipe.batch_size}."
        )
        if not any(image.instances for image in self._data.validation):
            self._reporter.log("No validation image has a label, so there is no mAP: the newest model counts as best.")

    def _outcome(self) -> Outcome | None:
        """Whether to end, asked before each step."""
        match self._reporter.requested():
            case StopRequest.PAUSE:
                return Outcome.PAUSED
            case StopRequest.STOP:
                return Outcome.STOPPED
        if self._schedule.is_over(self._moment()):
            return Outcome.FINISHED
        if self._config.max_steps is None and self._early_stopping.should_stop(self._elapsed_s()):
            return Outcome.STOPPED_EARLY
        return None

    def _take_step(self) -> None:
        fraction = self._schedule.fraction(self._moment())
        rate = self._rate_factor * schedule.learning_rate(
            self._recipe.learning_rate, step=self._step, fraction=fraction
        )
        torch.set_num_threads(self._threads.count)
        started = self._clock()
        loss = self._learner.step(self._stream.batch(self._step), rate)
        if self._config.max_steps is None:  # sums on other threads differ in their last bits
            self._threads.took(self._clock() - started)
        if loss is None:
            self._recover()
            return
        self._step += 1
        self._losses.append(loss)
        self._history.append((fraction, rate))
        now = self._clock()
        if now - self._progress_at >= PROGRESS_SECONDS:
            self._progress_at = now
            self._reporter.progress(
                step=self._step, elapsed_s=self._elapsed_s(), fraction=self._schedule.fraction(self._moment())
            )

    def _recover(self) -> None:
        """Go back to the last good state with half the learning rate. The time spent stays spent."""
        self._recoveries += 1
        if self._recoveries > MAX_RECOVERIES:
            raise TrainingDiverged(
                f"the loss was not finite at step {self._step}, also with the learning rate at "
                f"{self._rate_factor:g} of its plan; set a lower learning rate, or look for broken labels"
            )
        recoveries, rate_factor = self._recoveries, self._rate_factor / 2
        if self._good_state is None:
            checkpoint.seed_everything(self._config.seed)
            self._learner = self._new_learner()
            self._step, self._history = 0, []
        else:
            self._load_state(checkpoint.read_checkpoint(self._good_state)["training"])
        self._losses = []
        self._recoveries, self._rate_factor = recoveries, rate_factor
        self._reporter.log(
            f"The loss was not finite: back to step {self._step} with {rate_factor:g} of the learning rate."
        )

    def _evaluate_and_save(self) -> None:
        started_s = self._elapsed_s()
        found = self._evaluator.evaluate(self._learner.average.model)
        is_best = self._early_stopping.update(found.mean_ap, started_s)
        point = CurvePoint(
            step=self._step,
            elapsed_s=self._elapsed_s(),
            train_loss=sum(self._losses) / len(self._losses) if self._losses else None,
            validation_loss=found.loss,
            validation_accuracy=found.accuracy,
            mean_ap=found.mean_ap,
            ap50=found.ap50,
            learning_rate=self._history[-1][1],
            is_best=is_best,
        )
        self._losses = []
        self._last = point
        self._best = point if is_best else self._best
        self._reporter.curve_point(point)
        self._save(point)
        self._evaluation_s = self._elapsed_s() - started_s
        self._tell_vanished()

    def _save_unevaluated(self) -> None:
        """Keep the steps since the last evaluation; there is no time for another."""
        self._save(
            CurvePoint(
                step=self._step,
                elapsed_s=self._elapsed_s(),
                train_loss=None,
                validation_loss=None,
                validation_accuracy=None,
                mean_ap=None,
                ap50=None,
                learning_rate=self._history[-1][1],
                is_best=False,
            )
        )

    def _save(self, point: CurvePoint) -> None:
        """Save best before last: a worker that dies in between then resumes from before both."""
        kept = {
            "config": self._config.to_dict(),
            "initialised_from": self._initial.description,
            "point": point.to_dict(),
            "model": self._learner.average.model.state_dict(),
        }
        if point.is_best:
            best_path = self._work_dir / "best.pt"
            checkpoint.save_checkpoint(best_path, kept)
            self._reporter.checkpoint(CheckpointKind.BEST, best_path, point)
        last_path = self._work_dir / "last.pt"
        checkpoint.save_checkpoint(last_path, {**kept, "training": self._state()})
        self._good_state = last_path
        self._reporter.checkpoint(CheckpointKind.LAST, last_path, point)

    def _state(self) -> dict[str, Any]:
        return {
            "step": self._step,  # also the sampler's place: batches are numbered by steps
            "elapsed_s": self._elapsed_s(),
            "evaluation_s": self._evaluation_s,
            "rate_factor": self._rate_factor,
            "recoveries": self._recoveries,
            "pretrained": self._pretrained,
            "best": self._best.to_dict() if self._best else None,
            "evaluated": self._last.to_dict() if self._last else None,
            "history": torch.tensor(self._history, dtype=torch.float64).reshape(-1, 2),
            "early_stopping": self._early_stopping.state_dict(),
            "random": checkpoint.random_state(),
            "learner": self._learner.state_dict(),
        }

    def _load_state(self, state: Mapping[str, Any]) -> None:
        self._step = state["step"]
        self._evaluation_s = state["evaluation_s"]
        self._rate_factor = state["rate_factor"]
        self._recoveries = state["recoveries"]
        self._best = CurvePoint.from_dict(state["best"]) if state["best"] else None
        self._history = [(fraction, rate) for fraction, rate in state["history"].tolist()]
        self._early_stopping.load_state_dict(state["early_stopping"])
        self._learner.load_state_dict(state["learner"])
        checkpoint.restore_random_state(state["random"])

    def _tell_vanished(self) -> None:
        vanished = self._images.vanished
        if vanished > self._vanished_told:
            self._reporter.log(
                f"{vanished} instances seen so far have no pixel at {self._config.image_size} px and are left out of "
                f"training; a larger image_size would keep them."
            )
            self._vanished_told = vanished

    def _moment(self) -> Moment:
        evaluated = self._last
        return Moment(
            step=self._step,
            elapsed_s=self._elapsed_s(),
            evaluated_step=evaluated.step if evaluated else 0,
            evaluated_elapsed_s=evaluated.elapsed_s if evaluated else 0.0,
            evaluation_s=self._evaluation_s,
        )

    def _elapsed_s(self) -> float:
        return self._clock() - self._started_at


def _schedule(config: TrainConfig) -> Schedule:
    if config.max_steps is not None:
        return StepSchedule(config.max_steps)
    return TimeSchedule(config.train_minutes * 60)
