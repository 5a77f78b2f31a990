"""What the statistics endpoints take and answer. A figure that is not defined is null, with the reason beside it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from app.db.enums import CheckpointKind
from app.http import RequestBody

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Figures(BaseModel):
    """Of TP, FP and FN at the score thresholds; `reasons` says why a figure is null."""

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
    label: str
    count: int
    threshold: float
    ap_at_iou: float | None


class PrecisionRecallCurve(BaseModel):
    """What each possible score threshold gives, highest first; lists of one length."""

    score: list[float]
    precision: list[float]
    recall: list[float]


class SavedCheckpoint(BaseModel):
    step: int
    elapsed_s: float
    at: datetime


class Statistics(BaseModel):
    images: int
    global_: Annotated[GlobalStatistics, Field(serialization_alias="global")]
    labels: list[LabelStatistics]
    curves: dict[str, PrecisionRecallCurve]
    saved: dict[CheckpointKind, SavedCheckpoint | None]


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


class StoredRle(BaseModel):
    size: tuple[int, int]
    counts: str


class ShownPrediction(BaseModel):
    """A stored prediction; one below its threshold is neither correct nor wrong, and `correct` is null."""

    label: str
    score: float
    box_xyxy: tuple[int, int, int, int]
    rle: StoredRle
    correct: bool | None
    iou: float
    instance_id: str | None


class MissedInstance(BaseModel):
    instance_id: str
    label: str


class PredictedImage(BaseModel):
    image_id: int
    predictions: list[ShownPrediction]
    missed: list[MissedInstance]
