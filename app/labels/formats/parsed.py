"""What every format's file is read into, and what every format writes from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.masks.instance import Instance, Polygon, Rle


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a label file: in which image and entry of it, as far as that is known."""

    image: str | None
    entry: str | None
    error: str


@dataclass(slots=True)
class ParsedInstance:
    """An instance as a file has it: well-formed, but not yet fitted to an image of ours."""

    entry: str
    class_name: str
    polygons: tuple[Polygon, ...]
    rle: Rle | None
    crowd: bool = False
    instance_id: str | None = None  # only of formats that keep ours
    source: str = "import"


@dataclass(slots=True)
class ParsedImage:
    """A file's set of instances for one image; a set with problems is refused as a whole."""

    name: str
    width: int | None
    height: int | None
    instances: list[ParsedInstance] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class ParsedLabels:
    """All that a label file says. Colours are by label name, where the format has them; they give the order too."""

    images: list[ParsedImage]
    problems: list[Problem]
    colors: dict[str, str | None]


class UnreadableFile(ValueError):
    """The file as a whole is not of its format; its text says why."""


@dataclass(frozen=True, slots=True)
class ExportedClass:
    class_id: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class ExportedImage:
    image_id: int
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LabelExport:
    """A project's labels, to be written: its images by id, and their instances in batches in the same order."""

    project_name: str
    classes: list[ExportedClass]
    images: list[ExportedImage]
    batches: Iterable[list[tuple[ExportedImage, tuple[Instance, ...]]]]


Text = Iterator[str]
