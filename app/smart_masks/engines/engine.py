"""What every engine behind smart labeling offers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.inference.cache import Sized
from app.smart_masks.prompts import Prompts


class EngineName(StrEnum):
    GRABCUT = "grabcut"
    SAM = "sam"


@dataclass(frozen=True, slots=True)
class Segment:
    """Where an engine sees the object; outside the crop there is none of it."""

    crop: NDArray[np.uint8]  # (h, w), 0 or 1
    left: int
    top: int
    score: float | None = None  # how good the engine takes its mask to be, 0-1


EmbeddedT = TypeVar("EmbeddedT", bound=Sized)


class Engine(Protocol[EmbeddedT]):
    """Makes masks of prompts. `embed` is what takes long and is kept for each image; `segment` runs for each stroke."""

    @property
    def name(self) -> EngineName: ...

    @property
    def takes_clicks(self) -> bool:
        """Whether strokes alone are enough, without a box."""
        ...

    def embed(self, rgb: NDArray[np.uint8]) -> EmbeddedT: ...

    def segment(self, embedded: EmbeddedT, prompts: Prompts) -> Segment:
        """Find the object; equal prompts give equal masks."""
        ...
