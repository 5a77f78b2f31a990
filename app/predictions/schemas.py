"""What is told of a model's speeds."""

from enum import StrEnum

from pydantic import BaseModel

from app.db.enums import Speed


class SpeedStatus(StrEnum):
    NOT_MADE = "not_made"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class SpeedSchema(BaseModel):
    """One speed of a model. `progress` is 0-1; `error` says why making it failed."""

    speed: Speed
    status: SpeedStatus
    progress: float
    error: str | None


class SpeedsSchema(BaseModel):
    items: list[SpeedSchema]
