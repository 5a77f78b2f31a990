"""What comes of a training while it goes on: points of its curve, and its best and last states."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from app.db.enums import CheckpointKind
from worker import checkpoint, device
from worker.checkpoint import DiskFull
from worker.dataset import TrainingData
from worker.early_stopping import EarlyStopping
from worker.evaluate import Evaluation, Evaluator
from worker.progress import Progress
from worker.rank import Rank
from worker.report import CurvePoint, Reporter
from worker.schedule import Moment, Schedule
from worker.state_writer import StateWriter
from worker.stopwatch import Activity, Stopwatch

VALIDATION_MEMORY_SHARE = 0.1  # of what is free, for prepared images


class Judge:
    """Evaluates the averaged weights and keeps them: best at once, last while the next steps run."""

    def __init__(
        self,
        data: TrainingData,
        reporter: Reporter,
        *,
        schedule: Schedule,
        early_stopping: EarlyStopping,
        stopwatch: Stopwatch,
        clock: Callable[[], float],
        work_dir: Path,
    ) -> None:
        self._data = data
        self._reporter = reporter
        self._schedule = schedule
        self._early_stopping = early_stopping
        self._stopwatch = stopwatch
        self._clock = clock
        self._best_path = work_dir / f"{CheckpointKind.BEST}.pt"
        self._last_writer = StateWriter(work_dir / f"{CheckpointKind.LAST}.pt")
        self._last_point: CurvePoint | None = None  # of the state that is being written
        self._good_state: Path | None = None
        self._vanished_told = 0

    @property
    def good_state(self) -> Path | None:
        """A saved `last` that a training can go back to; None before the first."""
        self.finish_last()
        return self._good_state

    def begin(self, rank: Rank, where: torch.device) -> None:
        """Judge this model from now on."""
        self._rank = rank
        self._evaluator = Evaluator(
            self._data.validation,
            rank.setup.config.class_names,
            image_size=rank.setup.config.image_size,
            memory_bytes=int(device.available_memory_bytes() * VALIDATION_MEMORY_SHARE),
            device=where,
            clock=self._clock,
        )

    def let_go(self) -> None:
        """Hold on to nothing large: the next model need not fit into memory beside it."""
        del self._rank, self._evaluator

    def evaluate(self, progress: Progress) -> None:
        """Add a point to the curve, and keep the state."""
        self.finish_last()
        started_s = self._stopwatch.elapsed_s
        found = self._look(progress.moment(started_s))
        point = self._curve_point(progress, found, is_best=self._early_stopping.is_better(found.mean_ap))
        self._tell(point)
        # Best comes before last: a worker that dies in between then resumes from before both.
        if point.is_best and not self._keep_best(point):
            point = replace(point, is_best=False)  # a later one that is better than those kept is best, too
            self._tell(point)
        self._early_stopping.take(found.mean_ap, started_s, is_best=point.is_best)
        progress.take(point)
        self._begin_last(progress, point)
        progress.evaluation_s = self._stopwatch.elapsed_s - started_s
        self._tell_vanished()

    def save_unevaluated(self, progress: Progress) -> None:
        """Keep the steps since the last evaluation; there is no time, or no memory, for another."""
        self._begin_last(progress, self._curve_point(progress, Evaluation(None, None, None, None, None), is_best=False))

    def load(self, path: Path, progress: Progress) -> None:
        """Go back to a saved state. The time spent stays spent."""
        state = self._rank.load(path)["training"]
        progress.load_state_dict(state)
        self._early_stopping.load_state_dict(state["early_stopping"])
        self._evaluator.load_state_dict(state.get("evaluator", {"part": None}))
        checkpoint.restore_random_state(state["random"])
        self._good_state = path

    def finish_last(self, *, wait: bool = True) -> None:
        """Report the newest `last` once it is written."""
        if self._last_point is None or not (wait or self._last_writer.is_done):
            return
        point, self._last_point = self._last_point, None
        with self._stopwatch.spending_on(Activity.CHECKPOINTS):
            try:
                self._last_writer.finish()
            except DiskFull:
                self._say_disk_is_full(CheckpointKind.LAST, point)
                return
            self._good_state = self._last_writer.path
            self._reporter.checkpoint(CheckpointKind.LAST, self._last_writer.path, point)

    def close(self) -> None:
        """Report what is still being written, however the training ended: another attempt goes on from it."""
        try:
            self.finish_last()
        finally:
            self._last_writer.close()

    def _look(self, moment: Moment) -> Evaluation:
        part = self._evaluator.part
        with self._stopwatch.spending_on(Activity.EVALUATIONS):
            found = self._evaluator.evaluate(
                self._rank.learner.average.model, limits=self._schedule.evaluation_limits(moment)
            )
        if self._evaluator.part != part:
            if part is not None:
                self._early_stopping.judge_anew()
            if words := self._evaluator.part_in_words:
                self._reporter.log(words)
        return found

    def _curve_point(self, progress: Progress, found: Evaluation, *, is_best: bool) -> CurvePoint:
        return CurvePoint(
            step=progress.step,
            elapsed_s=self._stopwatch.elapsed_s,
            train_loss=sum(progress.losses) / len(progress.losses) if progress.losses else None,
            validation_loss=found.loss,
            validation_class_loss=found.class_loss,
            validation_accuracy=found.accuracy,
            mean_ap=found.mean_ap,
            ap50=found.ap50,
            learning_rate=progress.history[-1][1],
            is_best=is_best,
        )

    def _tell(self, point: CurvePoint) -> None:
        with self._stopwatch.spending_on(Activity.REPORTS):
            self._reporter.curve_point(point)

    def _keep_best(self, point: CurvePoint) -> bool:
        """Gives whether there was room. A full disk does not end a training."""
        with self._stopwatch.spending_on(Activity.CHECKPOINTS):
            try:
                checkpoint.save_checkpoint(self._best_path, self._model_state(point))
            except DiskFull:
                self._say_disk_is_full(CheckpointKind.BEST, point)
                return False
            return self._reporter.checkpoint(CheckpointKind.BEST, self._best_path, point)

    def _begin_last(self, progress: Progress, point: CurvePoint) -> None:
        self.finish_last()
        with self._stopwatch.spending_on(Activity.CHECKPOINTS):
            try:
                self._last_writer.begin({**self._model_state(point), "training": self._training_state(progress)})
            except DiskFull:
                self._say_disk_is_full(CheckpointKind.LAST, point)
                return
        self._last_point = point

    def _say_disk_is_full(self, kind: CheckpointKind, point: CurvePoint) -> None:
        self._reporter.log(
            f"The worker's disk is full: the {kind} checkpoint of step {point.step} is not kept, an earlier one stays."
        )

    def _model_state(self, point: CurvePoint) -> dict[str, Any]:
        setup = self._rank.setup
        return {
            "config": setup.config.to_dict(),
            "initialised_from": setup.initial.description,
            "freeze_batch_norm": setup.initial.freeze_batch_norm,
            "point": point.to_dict(),
            "judged_on_part": self._evaluator.is_part,
            "model": self._rank.learner.average.model.state_dict(),
        }

    def _training_state(self, progress: Progress) -> dict[str, Any]:
        setup = self._rank.setup
        return {
            **progress.state_dict(),
            **self._stopwatch.state_dict(),
            "pretrained": setup.pretrained,
            "freeze_batch_norm": setup.initial.freeze_batch_norm,
            "batch_size": setup.recipe.batch_size,
            "early_stopping": self._early_stopping.state_dict(),
            "evaluator": self._evaluator.state_dict(),
            "random": checkpoint.random_state(),
            "learner": self._rank.learner.state_dict(),
        }

    def _tell_vanished(self) -> None:
        vanished = self._rank.vanished
        if vanished > self._vanished_told:
            self._reporter.log(
                f"Instances seen so far that have no pixel at {self._rank.setup.config.image_size} px: {vanished}. "
                f"They are left out of training; a larger image_size would keep them."
            )
            self._vanished_told = vanished
