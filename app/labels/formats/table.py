"""The table of label formats."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from app.labels.formats import coco, cvat, labelme, masks, maskwright, semantic, voc, yolo
from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import Kept, LabelExport, OutputFile, ParsedLabels, ProjectNames
from app.masks.instance import Instance


class LabelFormat(Protocol):
    """What every format's module has."""

    @property
    def NAME(self) -> str: ...  # noqa: N802 - a module's constant
    @property
    def TITLE(self) -> str: ...  # noqa: N802
    @property
    def ACCEPTS(self) -> str:  # noqa: N802
        """Suffixes of its files, as a browser's file dialog takes them."""

    @property
    def CANNOT_HOLD(self) -> tuple[str, ...]:  # noqa: N802
        """What is lost of every object, whatever its shape."""


class LabelReader(LabelFormat, Protocol):
    """A format that can be imported."""

    def recognises(self, files: LabelFiles) -> bool:
        """Whether files look like ones of this format."""

    def parse(self, files: LabelFiles, project: ProjectNames) -> ParsedLabels:
        """Read files; UnreadableFile where they are not of this format at all."""


class LabelWriter(LabelFormat, Protocol):
    """A format that can be exported."""

    @property
    def IS_ARCHIVE(self) -> bool:  # noqa: N802
        """Whether it is several files, which go into a zip."""

    def keep(self, instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
        """What it holds of an image's instances, one by one: exactly what reading it back gives."""

    def write(self, export: LabelExport) -> Iterator[OutputFile]:
        """Give its files; the instances are those that `keep` left."""


_READERS: Sequence[LabelReader] = (maskwright, coco, labelme, cvat, voc, yolo, masks)  # asked in this order
_WRITERS: Sequence[LabelWriter] = (coco, yolo, voc, labelme, cvat, masks, semantic, maskwright)

READERS: Mapping[str, LabelReader] = {reader.NAME: reader for reader in _READERS}
WRITERS: Mapping[str, LabelWriter] = {writer.NAME: writer for writer in _WRITERS}
FORMATS: Mapping[str, LabelFormat] = {**WRITERS, **READERS}
