"""What every format's file is read into, and what every format writes from."""

from collections.abc import Iterable, Sequence
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
    """A file's set of instances for one image; a set with problems is refused as a whole.

    Some formats name an image without its suffix, or in a folder of their own, and give coordinates as parts of the
    image's sides.
    """

    name: str
    width: int | None
    height: int | None
    instances: list[ParsedInstance] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)  # told, but refusing nothing
    other_names: tuple[str, ...] = ()  # tried in turn where no image has the name
    is_stem: bool = False  # the names have no suffix
    is_relative: bool = False  # coordinates run from 0 to 1 over the image


@dataclass(slots=True)
class ParsedLabels:
    """All that a label file says. Colours are by label name, where the format has them; they give the order too."""

    images: list[ParsedImage]
    problems: list[Problem]
    colors: dict[str, str | None]


def joined(parts: Iterable[ParsedLabels]) -> ParsedLabels:
    """Put what several documents say together."""
    whole = ParsedLabels([], [], {})
    for part in parts:
        whole.images += part.images
        whole.problems += part.problems
        whole.colors = {**part.colors, **whole.colors}
    return whole


class UnreadableFile(ValueError):
    """The file as a whole is not of its format; its text says why."""


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """What a project has already: formats that put a label into a file's name need it to tell the parts apart."""

    images: Sequence[str]
    classes: Sequence[str]


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
    in_validation: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What a format holds of an instance: itself, another shape of it, or nothing; and what was lost."""

    instance: Instance | None
    losses: tuple[str, ...] = ()


Batch = list[tuple[ExportedImage, tuple[Instance, ...]]]


@dataclass(frozen=True, slots=True)
class LabelExport:
    """A project's labels, to be written: its images by id, and what the format holds of their instances.

    The batches have every image once, in the same order, and can be run through once.
    """

    project_name: str
    classes: Sequence[ExportedClass]
    images: Sequence[ExportedImage]
    batches: Iterable[Batch]


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of an export. Its content is drawn once, in the order of the files."""

    name: str
    content: Iterable[bytes]
    is_compressed: bool = True  # as text is worth; pictures are small already


def keep_all(instances: Sequence[Instance], _height: int, _width: int) -> list[Kept]:
    """What a format keeps that can hold everything."""
    return [Kept(instance) for instance in instances]
