"""What the server answers, as frozen values. Fields that a newer server adds are left out."""

from dataclasses import dataclass
from typing import Any

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Polygon:
    """One part of an object: its outline, less its holes, in pixels of the upright image."""

    exterior: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...]

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Polygon":
        return cls(_ring(document["points"]), tuple(_ring(hole) for hole in document["holes"]))


@dataclass(frozen=True, slots=True)
class Rle:
    """A mask of the whole image as COCO's compressed run lengths, column by column."""

    height: int
    width: int
    counts: str


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object that a model found.

    `score` is 0-100. `box_xyxy` is in whole pixels, its right and lower end exclusive. Of `polygons`, `rle` and
    `png_base64` (of the box, one bit a pixel) the one that was asked for is filled.
    """

    label: str
    score: float
    box_xyxy: tuple[int, int, int, int]
    polygons: tuple[Polygon, ...]
    rle: Rle | None
    png_base64: str | None

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "FoundObject":
        rle = document.get("rle")
        return cls(
            label=document["label"],
            score=document["score"],
            box_xyxy=(document["x0"], document["y0"], document["x1"], document["y1"]),
            polygons=tuple(Polygon.from_json(part) for part in document.get("polygons", ())),
            rle=Rle(rle["size"][0], rle["size"][1], rle["counts"]) if rle else None,
            png_base64=document.get("image"),
        )


@dataclass(frozen=True, slots=True)
class UploadedImage:
    id: int
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not taken, and why."""

    name: str
    error: str


@dataclass(frozen=True, slots=True)
class UploadReport:
    images: tuple[UploadedImage, ...]
    refused: tuple[RefusedFile, ...]

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "UploadReport":
        return cls(
            tuple(UploadedImage(one["id"], one["name"], one["width"], one["height"]) for one in document["items"]),
            tuple(RefusedFile(one["name"], one["error"]) for one in document["refused"]),
        )


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import of labels did, or with `dry_run` would do; `problems` are sentences."""

    images_matched: int
    images_missing: tuple[str, ...]
    instances_imported: int
    labels_created: tuple[str, ...]
    problems: tuple[str, ...]

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "ImportReport":
        return cls(
            document["images_matched"],
            tuple(document["images_missing"]),
            document["instances_imported"],
            tuple(document["labels_created"]),
            tuple(f"{one['image']}: {one['error']}" if one["image"] else one["error"] for one in document["problems"]),
        )


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a checkpoint is on the validation images, 0-1."""

    mean_ap: float
    ap50: float
    step: int

    @classmethod
    def from_json(cls, document: dict[str, Any] | None) -> "Quality | None":
        return cls(document["map"], document["ap50"], document["step"]) if document else None


@dataclass(frozen=True, slots=True)
class Model:
    """A model and how its training goes: `progress` is 0-1, `eta_s` the seconds that are left."""

    id: int
    name: str
    project_id: int
    size: str
    status: str
    progress: float
    eta_s: float | None
    best: Quality | None
    last: Quality | None
    error: str | None

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    @property
    def has_ended(self) -> bool:
        return self.status in ("ready", "failed", "cancelled")

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Model":
        return cls(
            id=document["id"],
            name=document["name"],
            project_id=document["project_id"],
            size=document["size"],
            status=document["status"],
            progress=document["progress"],
            eta_s=document["eta_s"],
            best=Quality.from_json(document["best"]),
            last=Quality.from_json(document["last"]),
            error=document["error"],
        )


def _ring(points: list[dict[str, int]]) -> tuple[Point, ...]:
    return tuple((point["x"], point["y"]) for point in points)
