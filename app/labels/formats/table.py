"""The table of label formats."""

from collections.abc import Mapping
from typing import Any, Protocol

from app.labels.formats import coco, maskwright
from app.labels.formats.parsed import LabelExport, ParsedLabels, Text


class LabelFormat(Protocol):
    """What a format's module has."""

    NAME: str
    MEDIA_TYPE: str
    FILE_SUFFIX: str

    def recognises(self, document: Any) -> bool:
        """Whether a JSON document looks like one of this format."""

    def parse(self, document: Any) -> ParsedLabels:
        """Read a document; UnreadableFile where it is not of this format at all."""

    def write(self, export: LabelExport) -> Text:
        """Stream a file."""


FORMATS: Mapping[str, LabelFormat] = {coco.NAME: coco, maskwright.NAME: maskwright}
