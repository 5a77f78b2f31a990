"""How far a training is, when it evaluates and when it ends: by the time spent, or by steps."""

import math
from dataclasses import dataclass
from typing import Protocol

EVALUATIONS_OF_STEPS = 10  # of a training that goes by steps
FIRST_EVALUATION_SECONDS = 15  # contract.md: the first curve point comes within 60 s of the first step
MIN_INTERVAL_SECONDS = 10
MAX_INTERVAL_SECONDS = 120
EVALUATIONS_OF_TIME = 200  # aimed at in a long training; between the two intervals above
SHORT_TRAINING_SECONDS = 600
SHORT_TRAINING_INTERVAL_SECONDS = (
    18  # contract.md: a point at least every 20 s at the demo's size, on a busy machine too
)
EVALUATION_SHARE = 0.12  # of the time; with the last one, which comes when it must, it stays below 15 %
EVALUATIONS_WANTED = 20  # of a training by time: a set that takes longer than that allows is evaluated in part
EVALUATIONS_AT_LEAST = 8  # however few images that leaves
LONGEST_FIRST_SECONDS = 30  # it begins after 15 s and a step, and its point has to come within 60 s
LATE_FIRST_SECONDS = 30  # so late, of a large model on a slow machine, one image may take longer than that


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a training stands, and where it stood after its last evaluation."""

    step: int
    elapsed_s: float
    evaluated_step: int = 0
    evaluated_elapsed_s: float = 0.0
    evaluation_s: float | None = None  # what the last evaluation took, saving and reporting included
    evaluations: int = 2  # so far


@dataclass(frozen=True, slots=True)
class EvaluationLimits:
    """How long an evaluation may take. Images that there is no time for are left out, of the later ones too."""

    wanted_s: float  # once enough images are done to tell something
    longest_s: float  # with fewer, too
    is_first: bool  # it is of any number of images; the second says which part counts


class Schedule(Protocol):
    def fraction(self, moment: Moment) -> float:
        """How much of the training is done, 0-1."""

    def is_over(self, moment: Moment) -> bool:
        """Whether what is left is needed for the last evaluation."""

    def evaluation_is_due(self, moment: Moment) -> bool: ...

    def evaluation_limits(self, moment: Moment) -> EvaluationLimits | None:
        """None where time must not decide."""


@dataclass(frozen=True, slots=True)
class TimeSchedule:
    budget_s: float

    def fraction(self, moment: Moment) -> float:
        return min(1.0, moment.elapsed_s / self.budget_s)

    def is_over(self, moment: Moment) -> bool:
        return moment.elapsed_s + (moment.evaluation_s or 0.0) >= self.budget_s

    def evaluation_is_due(self, moment: Moment) -> bool:
        if moment.evaluation_s is None:
            return moment.elapsed_s >= min(FIRST_EVALUATION_SECONDS, self.budget_s / 10)
        wanted_s = max(MIN_INTERVAL_SECONDS, min(MAX_INTERVAL_SECONDS, self.budget_s / EVALUATIONS_OF_TIME))
        interval_s = max(min(wanted_s, self.budget_s / 5), moment.evaluation_s / EVALUATION_SHARE)
        # The first one reads images and encodes masks as well, so it does not tell what the next ones take.
        is_quick = moment.evaluations == 1 or 3 * moment.evaluation_s <= SHORT_TRAINING_INTERVAL_SECONDS
        if self._is_short and is_quick:
            interval_s = min(interval_s, SHORT_TRAINING_INTERVAL_SECONDS)
        # From point to point; the next evaluation is the last part of it.
        return moment.elapsed_s + moment.evaluation_s - moment.evaluated_elapsed_s >= interval_s

    def evaluation_limits(self, moment: Moment) -> EvaluationLimits:
        seconds = self.budget_s * EVALUATION_SHARE
        if moment.evaluations == 0:  # it reads images and encodes masks as well
            longest_s = min(LONGEST_FIRST_SECONDS, self.budget_s / EVALUATIONS_WANTED)
            return EvaluationLimits(min(seconds / EVALUATIONS_WANTED, longest_s), longest_s, is_first=True)
        # In a short one, points come at fixed intervals, so that each has its share of one.
        longest_s = (
            SHORT_TRAINING_INTERVAL_SECONDS * EVALUATION_SHARE if self._is_short else seconds / EVALUATIONS_AT_LEAST
        )
        return EvaluationLimits(min(seconds / EVALUATIONS_WANTED, longest_s), longest_s, is_first=False)

    @property
    def _is_short(self) -> bool:
        return self.budget_s <= SHORT_TRAINING_SECONDS


@dataclass(frozen=True, slots=True)
class StepSchedule:
    max_steps: int

    def fraction(self, moment: Moment) -> float:
        return min(1.0, moment.step / self.max_steps)

    def is_over(self, moment: Moment) -> bool:
        return moment.step >= self.max_steps

    def evaluation_is_due(self, moment: Moment) -> bool:
        return moment.step - moment.evaluated_step >= math.ceil(self.max_steps / EVALUATIONS_OF_STEPS)

    def evaluation_limits(self, moment: Moment) -> None:
        return None


def learning_rate(peak: float, *, warm_up_steps: int, step: int, fraction: float) -> float:
    """A short linear rise, then half a cosine down to nothing at the end."""
    rise = min(1.0, (step + 1) / warm_up_steps)
    return peak * rise * 0.5 * (1 + math.cos(math.pi * fraction))
