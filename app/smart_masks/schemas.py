"""What smart labeling is asked and answers."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from app.http import RequestBody
from app.labels.schemas import RleSchema
from app.smart_masks.engines.engine import EngineName
from app.smart_masks.prompts import Prompts, Stroke

MAX_STROKES = 500  # of each kind
MAX_POINTS = 5_000  # of all strokes: ten thousand screen pixels of painting
DEFAULT_RADIUS_PX = 2.0
MAX_RADIUS_PX = 500.0
_FARTHEST_PX = 1_000_000  # from the image's corner: beyond it, OpenCV's whole numbers end

Coordinate = Annotated[float, Field(ge=-_FARTHEST_PX, le=_FARTHEST_PX)]


def _as_stroke(value: Any) -> Any:
    """A stroke may also be its points alone, and a click one point alone."""
    if not isinstance(value, list):
        return value
    is_click = len(value) == 2 and not any(isinstance(part, list) for part in value)
    return {"points": [value] if is_click else value}


class StrokeBody(RequestBody):
    points: Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=1, max_length=MAX_POINTS)]
    radius: Annotated[float, Field(gt=0, le=MAX_RADIUS_PX)] = DEFAULT_RADIUS_PX


StrokeBodies = Annotated[list[Annotated[StrokeBody, BeforeValidator(_as_stroke)]], Field(max_length=MAX_STROKES)]


class SmartMaskBody(RequestBody):
    """A box around the object, strokes on it (foreground) and beside it (background), in image pixels."""

    box: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = None
    foreground: StrokeBodies = []
    background: StrokeBodies = []
    engine: EngineName | None = None

    @model_validator(mode="after")
    def _has_a_mark(self) -> "SmartMaskBody":
        if self.box is None and not self.foreground:
            raise ValueError("there is neither a box nor a foreground stroke; mark the object with one of them")
        if self.box is not None and (self.box[0] >= self.box[2] or self.box[1] >= self.box[3]):
            raise ValueError(f"box {list(self.box)} is empty; give [x0, y0, x1, y1] with x0 < x1 and y0 < y1")
        points = sum(len(stroke.points) for stroke in (*self.foreground, *self.background))
        if points > MAX_POINTS:
            raise ValueError(f"the strokes have {points} points; send {MAX_POINTS} at most")
        return self

    def to_prompts(self) -> Prompts:
        return Prompts(self.box, _strokes(self.foreground), _strokes(self.background))


def _strokes(bodies: list[StrokeBody]) -> tuple[Stroke, ...]:
    return tuple(Stroke(tuple(body.points), body.radius) for body in bodies)


class SmartMask(BaseModel):
    rle: RleSchema
    engine: EngineName
    score: float | None


class SmartMaskEngine(BaseModel):
    """clicks: strokes alone are enough, without a box."""

    name: EngineName
    clicks: bool


class SmartMaskEngines(BaseModel):
    """The engines that this server has; the first one answers where none is asked for."""

    items: list[SmartMaskEngine]
