"""One training as a library call: its steps, what is done where memory or numbers fail, and every way it may end."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import torch

from worker import checkpoint, device, memory, preflight, schedule
from worker import rank as ranks
from worker.dataset import TrainingData
from worker.early_stopping import EarlyStopping
from worker.endings import FitResult, NothingToTrainOn, Outcome, TrainingDiverged
from worker.judge import Judge
from worker.memory import Footprint, OutOfMemory
from worker.progress import Progress
from worker.rank import Rank
from worker.report import Reporter, Start, StopRequest
from worker.schedule import Schedule, StepSchedule, TimeSchedule
from worker.setup import Setup, plan
from worker.stopwatch import Activity, Stopwatch
from worker.team import Alone, Team
from worker.threads import ThreadTuner
from worker.train_config import TrainConfig
from worker.weights import RANDOM_START, InitialWeights

MAX_RECOVERIES = 3  # each halves the learning rate; what an eighth of it does not cure is no matter of the rate
PROGRESS_SECONDS = 1  # a report is a transaction; a person sees no more


def fit(
    config: TrainConfig,
    data: TrainingData,
    reporter: Reporter,
    *,
    resume_from: Path | None,
    work_dir: Path,
    clock: Callable[[], float] = time.monotonic,
    initial_weights: InitialWeights = RANDOM_START,
    footprint: Footprint | None = None,
    smaller_by: int = 0,
    team: Team | None = None,
) -> FitResult:
    """Train a model until its time or steps are used up, it stops improving, or a request ends it.

    Args:
        resume_from: A `last` checkpoint of the same training to go on from; its elapsed time counts.
        work_dir: Existing folder for `best.pt` and `last.pt`.
        clock: Seconds that pass while training; only differences count.
        initial_weights: Not read on resuming.
        footprint: What is known to fit into memory; without it, the recipe's or the checkpoint's is tried.
        smaller_by: How often to make that smaller at the start.
        team: Other processes that call rank.follow with the same data.
    Raises:
        NothingToTrainOn: no image is in the training split.
        TrainingDiverged: the loss was not finite four times.
        OutOfMemory: of one process, nothing is left to make smaller; of a team, this footprint does not fit.
        InvalidCheckpoint, LeaseLost: from what is read, and from the reporter.
    """
    if not data.training:
        raise NothingToTrainOn("no labeled image is left for training; label more or shrink the validation set")
    training = _Training(config, data, reporter, work_dir=work_dir, clock=clock, team=team or Alone())
    if resume_from is None:
        training.begin(initial_weights, footprint, smaller_by)
    else:
        training.resume(resume_from, footprint, smaller_by)
    try:
        return training.run()
    finally:
        training.close()


class _Training:
    """What lives through one call of fit."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        reporter: Reporter,
        *,
        work_dir: Path,
        clock: Callable[[], float],
        team: Team,
    ) -> None:
        self._asked = config
        self._data = data
        self._reporter = reporter
        self._work_dir = work_dir
        self._clock = clock
        self._stopwatch = Stopwatch(clock)
        self._team = team
        self._device = device.choose_device(config.device)
        device.use_all_cores()
        self._threads = ThreadTuner(max(1, device.available_cores() // team.size))
        self._to_close = ExitStack()
        self._schedule = _schedule(config)
        self._progress = Progress()
        self._early_stopping = EarlyStopping(config.stop_minutes * 60)
        self._judge = Judge(
            data,
            reporter,
            schedule=self._schedule,
            early_stopping=self._early_stopping,
            stopwatch=self._stopwatch,
            clock=clock,
            work_dir=work_dir,
        )
        self._progress_at = float("-inf")

    def begin(self, initial: InitialWeights, footprint: Footprint | None, smaller_by: int) -> None:
        self._set_up(self._plan(initial, pretrained=initial.path is not None, footprint=footprint, by=smaller_by))
        self._stopwatch.start()
        for warning in preflight.find_problems(self._data, image_size=self._setup.config.image_size):
            self._reporter.log(warning)
        if self._rank.loaded is not None:
            self._reporter.log(f"Started from {initial.description}: {self._rank.loaded.in_words()}")
        self._say_what_is_trained()

    def resume(self, path: Path, footprint: Footprint | None, smaller_by: int) -> None:
        content = checkpoint.read_checkpoint(path)
        state = content["training"]
        # Its weights, random or not, are in the checkpoint; what they were decides what is held fixed.
        initial = InitialWeights(
            None, content["initialised_from"], freeze_batch_norm=state.get("freeze_batch_norm", state["pretrained"])
        )
        if footprint is None and "batch_size" in state:
            footprint = Footprint(state["batch_size"], content["config"]["image_size"])
        self._set_up(self._plan(initial, pretrained=state["pretrained"], footprint=footprint, by=smaller_by))
        self._judge.load(path, self._progress)
        self._stopwatch.load_state_dict(state)
        self._say_what_is_trained()
        self._reporter.log(f"Resumed from step {self._progress.step}, after {state['elapsed_s']:.0f} s of training.")

    def run(self) -> FitResult:
        while (outcome := self._outcome()) is None:
            self._judge.finish_last(wait=False)
            if not _fits(self._take_step):
                self._shrink(of_evaluation=False)
            elif self._schedule.evaluation_is_due(self._progress.moment(self._elapsed_s())):
                self._evaluate()
        if self._progress.unevaluated_steps:
            if outcome is Outcome.PAUSED:
                self._judge.save_unevaluated(self._progress)
            else:
                self._evaluate()
        self._judge.finish_last()
        self._rank.end()
        progress = self._progress
        self._reporter.log(f"Training {outcome} at step {progress.step}. {self._stopwatch.in_words()}")
        return FitResult(outcome, progress.best, progress.last, self._elapsed_s(), self._setup.initial.description)

    def close(self) -> None:
        self._to_close.close()
        self._judge.close()

    @property
    def _setup(self) -> Setup:
        return self._rank.setup

    def _plan(self, initial: InitialWeights, *, pretrained: bool, footprint: Footprint | None, by: int = 0) -> Setup:
        return plan(
            self._asked,
            initial,
            pretrained=pretrained,
            device=self._device,
            processes=self._team.size,
            work_dir=self._work_dir,
            footprint=footprint,
            smaller_by=by,
        )

    def _set_up(self, setup: Setup) -> None:
        self._rank = Rank(setup, self._data, device=self._device, team=self._team)
        self._to_close.callback(self._rank.close)
        self._judge.begin(self._rank, self._device)
        self._small_first = setup.recipe.small_first
        if self._small_first and not preflight.keeps_forms(self._data, image_size=setup.small_image_size):
            self._small_first = 0.0
        self._reporter.started(
            Start(
                step=self._progress.step,
                device=str(self._device),
                processes=self._team.size,
                threads=self._threads.count,
                precision=setup.precision,
                batch_size=setup.recipe.batch_size,
                image_size=setup.config.image_size,
                learning_rate=setup.recipe.learning_rate,
                loaded=self._rank.loaded,
            )
        )

    def _set_up_anew(self, setup: Setup) -> None:
        """Let go of what there is first: both need not fit into memory."""
        self._to_close.close()
        self._judge.let_go()
        del self._rank
        ranks.free_memory(self._device)
        self._set_up(setup)

    def _say_what_is_trained(self) -> None:
        setup = self._setup
        each = f" on each of {self._team.size} devices" if self._team.size > 1 else ""
        self._reporter.log(
            f"Training a {setup.config.size} model from {setup.initial.description} on {self._device} in "
            f"{setup.precision}: {len(self._data.training)} training and {len(self._data.validation)} validation "
            f"images at {setup.config.image_size} px, batches of {setup.recipe.batch_size}{each}."
        )
        if self._small_first:
            self._reporter.log(
                f"The first {self._small_first:.0%} of it are on images of {setup.small_image_size} px, for more steps."
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
        if self._schedule.is_over(self._progress.moment(self._elapsed_s())):
            return Outcome.FINISHED
        if self._asked.max_steps is None and self._early_stopping.should_stop:
            return Outcome.STOPPED_EARLY
        return None

    def _take_step(self) -> None:
        progress = self._progress
        fraction = self._fraction()
        rate = progress.rate_factor * schedule.learning_rate(
            self._setup.recipe.learning_rate,
            warm_up_steps=self._setup.recipe.warm_up_steps,
            step=progress.step,
            fraction=fraction,
        )
        torch.set_num_threads(self._threads.count)
        with self._stopwatch.spending_on(Activity.STEPS) as lap:
            loss = self._rank.step(progress.step, rate, shrink=self._shrink_at(fraction))
        if self._asked.max_steps is None:  # sums on other threads differ in their last bits
            self._threads.took(lap.seconds)
        if loss is None:
            self._recover()
            return
        progress.step += 1
        progress.history.append((fraction, rate))
        progress.losses.append(loss)
        now = self._clock()
        if now - self._progress_at >= PROGRESS_SECONDS:
            self._progress_at = now
            with self._stopwatch.spending_on(Activity.REPORTS):
                self._reporter.progress(step=progress.step, elapsed_s=self._elapsed_s(), fraction=self._fraction())

    def _shrink_at(self, fraction: float) -> float:
        """What the sides of images are multiplied by, so far into the training."""
        return self._setup.recipe.shrink if fraction < self._small_first else 1.0

    def _recover(self) -> None:
        """Go back to the last good state with half the learning rate. The time spent stays spent."""
        recoveries, rate_factor = self._progress.recoveries + 1, self._progress.rate_factor / 2
        if recoveries > MAX_RECOVERIES:
            raise TrainingDiverged(
                f"the loss was not finite at step {self._progress.step}, also with the learning rate at "
                f"{self._progress.rate_factor:g} of its plan; set a lower learning rate, or look for broken labels"
            )
        if self._judge.good_state is None:
            self._set_up_anew(self._setup)
            self._progress = Progress()
        else:
            self._judge.load(self._judge.good_state, self._progress)
        self._progress.recoveries, self._progress.rate_factor = recoveries, rate_factor
        self._reporter.log(
            f"The loss was not finite: back to step {self._progress.step} with {rate_factor:g} of the learning rate."
        )

    def _shrink(self, *, of_evaluation: bool) -> None:
        """Go back to the last good state with less in memory."""
        setup = self._setup
        short = OutOfMemory(setup.footprint, of_evaluation=of_evaluation)
        footprint = short.smaller(asked_image_size=self._asked.image_size)
        if footprint is None or self._team.size > 1:  # others of the team wait for ever; all must begin anew
            raise short
        smaller = self._plan(setup.initial, pretrained=setup.pretrained, footprint=footprint)
        if self._judge.good_state is None:
            self._progress = Progress()
            self._set_up_anew(smaller)
        else:
            self._set_up_anew(replace(smaller, initial=replace(setup.initial, path=None)))
            self._judge.load(self._judge.good_state, self._progress)
        self._reporter.log(
            f"Not enough memory for {setup.footprint}: going on from step {self._progress.step} with {footprint}."
        )

    def _evaluate(self) -> None:
        if self._judge.good_state is None and self._elapsed_s() > schedule.LATE_FIRST_SECONDS:
            self._judge.save_unevaluated(self._progress)
        while not _fits(lambda: self._judge.evaluate(self._progress)):
            self._judge.save_unevaluated(self._progress)
            self._shrink(of_evaluation=True)
            if not self._progress.unevaluated_steps:  # the disk was full, too: it went back to what was judged, or to 0
                return

    def _fraction(self) -> float:
        return self._schedule.fraction(self._progress.moment(self._elapsed_s()))

    def _elapsed_s(self) -> float:
        return self._stopwatch.elapsed_s


def _fits(action: Callable[[], None]) -> bool:
    """Do something; gives False where memory was short. Nothing refers to the failure any more, nor to its tensors."""
    try:
        action()
    except (OutOfMemory, *memory.FAILURES) as error:
        if memory.is_out_of_memory(error):
            return False
        raise
    return True


def _schedule(config: TrainConfig) -> Schedule:
    if config.max_steps is not None:
        return StepSchedule(config.max_steps)
    return TimeSchedule(config.train_minutes * 60)
