"""What is told of a model's speeds."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from app.db.enums import Speed
from app.http import RequestBody


class SpeedStatus(StrEnum):
    NOT_MADE = "not_made"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    NOT_FASTER = "not_faster"  # and so not made, as whoever asked for it wished


class FiguresSchema(BaseModel):
    """What a speed is worth; null where it was not measured.

    `map` and `ap50` are on the validation images. Latencies are of an image from its pixels to its objects:
    `relative_latency` was measured in turns with slow on `device` when the speed was made, `latency_ms` is that share
    of slow's own, which is the latest and null until some speed was made. `warning` says what the speed costs where
    that is much.
    """

    map: float | None
    ap50: float | None
    latency_ms: float | None
    relative_latency: float | None
    device: str | None
    measured_at: datetime | None
    warning: str | None


class SpeedSchema(FiguresSchema):
    """One speed of a model. `progress` is 0-1; `error` says why making it failed, or what was timed.

    A speed that is made again stays ready, and answers as before until the new one is there; so it does where that
    failed.
    """

    speed: Speed
    status: SpeedStatus
    is_being_made: bool
    progress: float
    error: str | None


class SpeedsSchema(BaseModel):
    items: list[SpeedSchema]


class ModelChanges(RequestBody):
    """`default_speed` is that of predictions that name none."""

    default_speed: Speed
