"""What a training reads, frozen when it is asked for: labels and split in one file of storage, settings in the row."""

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from app.db.enums import Split
from app.masks.instance import Instance, InvalidMask, instance_from_json, instance_to_json
from app.storage.blobs import checked_key

FORMAT_VERSION = 1
GZIP_LEVEL = 1  # coordinates as text shrink to a third at once; higher levels take ten times as long for a little more


class InvalidSnapshot(ValueError):
    """The file is no whole snapshot of a version that this program reads; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The settings of a training as they were asked for, defaults filled in."""

    image_size: int  # long side in pixels
    train_minutes: float
    stop_minutes: float
    use_validation_set: bool
    validation_percent: float
    learning_rate: float | None
    seed: int
    max_steps: int | None
    continue_from: int | None = None  # an earlier model of the project; rows of before this setting have none

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True)
class SnapshotImage:
    """A labeled image, width and height after its EXIF orientation."""

    image_id: int
    name: str
    storage_key: str
    width: int
    height: int
    split: Split
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The labels of a project at one moment, each image on one side of the split.

    class_names is the model's order of classes: label 1 is the first.
    """

    project_id: int
    class_names: tuple[str, ...]
    images: tuple[SnapshotImage, ...]

    def of_split(self, split: Split) -> tuple[SnapshotImage, ...]:
        return tuple(image for image in self.images if image.split is split)


def to_json_bytes(snapshot: Snapshot) -> bytes:
    """Write a snapshot as compressed JSON, coordinates exactly as they are."""
    document = {
        "format_version": FORMAT_VERSION,
        "project_id": snapshot.project_id,
        "class_names": list(snapshot.class_names),
        "images": [_image_to_json(image) for image in snapshot.images],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode(), compresslevel=GZIP_LEVEL, mtime=0)


def from_json_bytes(data: bytes) -> Snapshot:
    """The reverse of to_json_bytes.

    Raises:
        InvalidSnapshot: the bytes or an image's labels are damaged, or of another format version.
    """
    try:
        document = json.loads(gzip.decompress(data))
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise InvalidSnapshot(f"the snapshot of the labels is damaged ({error})") from error
    version = document.get("format_version") if isinstance(document, dict) else None
    if version not in (None, FORMAT_VERSION):
        raise InvalidSnapshot(f"the snapshot has format version {version}, this program reads {FORMAT_VERSION}")
    try:
        frozen = _SnapshotDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        raise InvalidSnapshot(f"the snapshot of the labels is damaged ({where}: {first['msg']})") from error
    class_names = tuple(frozen.class_names)
    images = tuple(_image_from_document(image, class_names) for image in frozen.images)
    return Snapshot(frozen.project_id, class_names, images)


class _ImageDocument(BaseModel):
    model_config = ConfigDict(strict=True)

    image_id: int
    name: str
    storage_key: Annotated[str, AfterValidator(checked_key)]
    width: PositiveInt
    height: PositiveInt
    split: Annotated[Split, Field(strict=False)]
    instances: list[Any]  # instance_from_json looks at them


class _SnapshotDocument(BaseModel):
    model_config = ConfigDict(strict=True)

    format_version: int
    project_id: int
    class_names: list[str]
    images: list[_ImageDocument]


def _image_to_json(image: SnapshotImage) -> dict[str, Any]:
    return {
        "image_id": image.image_id,
        "name": image.name,
        "storage_key": image.storage_key,
        "width": image.width,
        "height": image.height,
        "split": image.split.value,
        "instances": [instance_to_json(instance) for instance in image.instances],
    }


def _image_from_document(image: _ImageDocument, class_names: Sequence[str]) -> SnapshotImage:
    try:
        instances = tuple(_instance(item, class_names) for item in image.instances)
    except InvalidMask as error:  # only here is it known which image
        name = f"{image.name!r} ({image.image_id})"
        raise InvalidSnapshot(f"the snapshot of the labels is damaged: image {name}: {error}") from error
    return SnapshotImage(
        image.image_id, image.name, image.storage_key, image.width, image.height, image.split, instances
    )


def _instance(item: Any, class_names: Sequence[str]) -> Instance:
    instance = instance_from_json(item)
    if instance.class_name not in class_names:
        raise InvalidMask(f"instance {instance.instance_id}: label {instance.class_name!r} is none of the snapshot's")
    return instance
