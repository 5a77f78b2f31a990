"""What the statistics endpoints take and answer. A figure that is not defined is null, with the reason beside it.

What each figure means: docs/statistics.md.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from app.db.enums import CheckpointKind, ModelStatus, Speed
from app.http import RequestBody

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Box = tuple[int, int, int, int]


class GroundTruth(StrEnum):
    """Which labels predictions are judged by: those the training read, or those of today."""

    SNAPSHOT = "snapshot"
    TODAY = "today"


class Figures(BaseModel):
    """Of TP, FP and FN at the score thresholds; `reasons` says why a figure is null."""

    true_positives: int
    false_positives: int
    false_negatives: int
    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    reasons: dict[str, str]


class GlobalStatistics(Figures):
    """Of counts summed over labels; the averages of precision are means over the labels that have one."""

    map: float | None
    ap50: float | None
    map_at_iou: float | None


class LabelStatistics(Figures):
    """`count` objects of the label on `images` images; `optimized_threshold` is null where validation has no say."""

    label: str
    count: int
    images: int
    threshold: float
    optimized_threshold: float | None
    ap: float | None
    ap_at_iou: float | None


class PrecisionRecallCurve(BaseModel):
    """What each possible score threshold gives, highest first; lists of one length.

    Curves of many thousand points are thinned; what the thresholds 0, 0.001 … 1, those in force and the best F1 keep
    can still be read off exactly.
    """

    score: list[float]
    precision: list[float]
    recall: list[float]
    true_positives: list[int]
    false_positives: list[int]
    truth_count: int


class ConfusionMatrix(BaseModel):
    """`counts[t][p]`: objects of labels[t] that were predicted as labels[p]; `missed` by true label, `imagined` by
    predicted label."""

    labels: list[str]
    counts: list[list[int]]
    missed: list[int]
    imagined: list[int]


class ScoreHistogram(BaseModel):
    """Every stored prediction by score: bin k goes from edges[k] to edges[k + 1]."""

    edges: list[float]
    correct: list[int]
    incorrect: list[int]


class SizeHistogram(BaseModel):
    """True objects found and missed, and objects imagined, by the square root of their area in pixels."""

    edges: list[float]
    found: list[int]
    missed: list[int]
    imagined: list[int]


class LabelsChanged(BaseModel):
    """How today's labels on the images of the set differ from those that the training read."""

    images: int
    added: int
    changed: int
    removed: int
    unknown_labels: list[str]  # of today, which the model does not know: their objects count nowhere
    gone_labels: list[str]  # which the model knows and the project has no more


class SavedCheckpoint(BaseModel):
    step: int
    elapsed_s: float
    at: datetime


class Statistics(BaseModel):
    model_name: str
    status: ModelStatus
    initialised_from: str | None
    images: int
    instances: int
    ground_truth: GroundTruth
    labels_changed: LabelsChanged
    optimized: bool
    is_preview: bool  # computed at thresholds of the query that are not in force
    global_: Annotated[GlobalStatistics, Field(serialization_alias="global")]
    labels: list[LabelStatistics]
    curves: dict[str, PrecisionRecallCurve]
    global_curve: PrecisionRecallCurve | None
    confusion: ConfusionMatrix
    scores: ScoreHistogram
    sizes: SizeHistogram
    saved: dict[CheckpointKind, SavedCheckpoint | None]


class Interval(BaseModel):
    low: float
    high: float


class FigureIntervals(BaseModel):
    accuracy: Interval | None
    precision: Interval | None
    recall: Interval | None
    f1: Interval | None
    reasons: dict[str, str]


class GlobalIntervals(FigureIntervals):
    map: Interval | None
    ap50: Interval | None
    map_at_iou: Interval | None


class LabelIntervals(FigureIntervals):
    label: str
    ap_at_iou: Interval | None
    threshold: Interval | None  # of the optimized one; of the validation set alone


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NOT_DISTINGUISHABLE = "not_distinguishable"


class Difference(BaseModel):
    """Of one figure between two predictions on the same images: `difference` ± `margin` with 95 % confidence."""

    difference: float | None
    margin: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None
    reason: str | None


class Uncertainty(BaseModel):
    """95 % intervals by resampling the images; `best_against_last` is the difference of `map`, positive where best is
    ahead. `images_near_duplicates_across` images of the set show nearly the same as one of the other set."""

    images: int
    images_near_duplicates_across: int
    resamples: int
    level: float
    global_: Annotated[GlobalIntervals, Field(serialization_alias="global")]
    labels: list[LabelIntervals]
    best_against_last: Difference


class ThresholdChange(RequestBody):
    """Either the optimized thresholds, or ones by hand: for some labels, or one for all."""

    optimized: bool
    values: dict[str, Score] | None = None
    all: Score | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "ThresholdChange":
        given = [name for name in ("values", "all") if getattr(self, name) is not None]
        if self.optimized and given:
            raise ValueError(f"optimized thresholds are computed: leave {given[0]} out, or set optimized to false")
        if not self.optimized and len(given) != 1:
            raise ValueError("give either values (by label) or all (one for every label)")
        return self


class Thresholds(BaseModel):
    optimized: bool
    values: dict[str, float]


class ThresholdHistoryEntry(BaseModel):
    """Who changed a checkpoint's thresholds, and from what to what; `by` is null where the account is gone."""

    id: int
    at: datetime
    by: str | None
    checkpoint: CheckpointKind
    speed: Speed
    from_: Annotated[Thresholds, Field(serialization_alias="from")]
    to: Thresholds


class StoredRle(BaseModel):
    size: tuple[int, int]
    counts: str


class ShownPrediction(BaseModel):
    """A stored prediction; one below its threshold is neither correct nor wrong, and `correct` is null.

    `iou` is that of its pair, 0 without one; `overlap_iou` the largest with any true object of any label.
    """

    label: str
    score: float
    box_xyxy: Box
    rle: StoredRle
    correct: bool | None
    iou: float
    instance_id: str | None
    overlap_iou: float
    overlap_instance_id: str | None


class MissedInstance(BaseModel):
    """`best_iou` is the largest with a prediction of its label that is kept."""

    instance_id: str
    label: str
    best_iou: float


class TrueInstance(BaseModel):
    """A labeled object; `found` is null of a crowd."""

    instance_id: str
    label: str
    crowd: bool
    found: bool | None
    box_xyxy: Box
    rle: StoredRle


class PredictedImage(BaseModel):
    """`name` is null once the image is deleted; `uncertainty` is the expected number of wrong decisions."""

    image_id: int
    name: str | None
    width: int
    height: int
    correct_count: int
    incorrect_count: int
    missed_count: int
    lowest_iou: float | None
    uncertainty: float
    predictions: list[ShownPrediction]
    missed: list[MissedInstance]
    truth: list[TrueInstance]


class SuspectKind(StrEnum):
    """Why a label is suspect."""

    UNLABELED = "unlabeled"  # a confident prediction where nothing is labeled
    MISLABELED = "mislabeled"  # a labeled object that is confidently predicted as another label
    UNPREDICTED = "unpredicted"  # a labeled object that nothing predicts


class Suspect(BaseModel):
    """A label to look at, the likeliest error first; `rle` is the prediction's, or the object's where there is none."""

    kind: SuspectKind
    suspicion: float
    image_id: int
    image_name: str | None
    label: str | None
    instance_id: str | None
    suggested_label: str | None
    score: float | None
    iou: float | None
    box_xyxy: Box
    rle: StoredRle


class ComparedModel(BaseModel):
    model_id: int
    name: str
    global_: Annotated[GlobalStatistics, Field(serialization_alias="global")]
    labels: list[LabelStatistics]
    curves: dict[str, PrecisionRecallCurve]
    global_curve: PrecisionRecallCurve | None
    images_only_here: int
    against_first: Difference | None  # of `map`; null of the first itself


class ComparedCounts(BaseModel):
    model_id: int
    correct_count: int
    incorrect_count: int
    missed_count: int
    f1: float | None


class ComparedImage(BaseModel):
    """`spread` is the largest difference of F1 between two of the models."""

    image_id: int
    name: str | None
    spread: float
    models: list[ComparedCounts]


class Comparison(BaseModel):
    """Models side by side on the images that all of them have in the set; `images` the most different first."""

    images_compared: int
    sets_differ: bool
    labels_differ_on: int  # common images whose labels the models were judged by are not the same
    models: list[ComparedModel]
    images: list[ComparedImage]
