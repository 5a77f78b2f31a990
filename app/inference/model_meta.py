"""What an exported model's folder says about itself: model.json beside the two graphs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.inference.errors import InvalidModel

FORMAT_VERSION = 1
META_FILE = "model.json"
DETECTOR_FILE = "detector.onnx"
MASK_HEAD_FILE = "mask_head.onnx"


@dataclass(frozen=True, slots=True)
class TorchComparison:
    """How far the exported model's answers lay from torch's when it was exported, on a few sample images.

    Boxes in pixels of the resized image, scores and mask probabilities in 0-1; each the largest difference of all
    predictions that were compared, but for the mean over all cells of masks. unpaired counts predictions that only one
    of the two found.
    """

    images: int
    predictions: int
    unpaired: int
    box_difference_px: float
    score_difference: float
    mask_difference: float
    mask_mean_difference: float


@dataclass(frozen=True, slots=True)
class ModelMeta:
    """An exported model.

    class_names has no background: the detector's label n is class_names[n - 1]. image_size is the long side in pixels
    that images are resized to. image_mean and image_std are applied inside the detector and kept for the record.
    score_thresholds hold each class's optimised threshold where they are known: in a bundle, not yet at export.
    """

    class_names: tuple[str, ...]
    image_size: int
    size: str
    model_name: str
    checkpoint: str
    step: int
    image_mean: tuple[float, float, float]
    image_std: tuple[float, float, float]
    model_id: int | None = None
    score_thresholds: Mapping[str, float] = field(default_factory=dict)
    library_versions: Mapping[str, str] = field(default_factory=dict)
    torch_comparison: TorchComparison | None = None

    def __post_init__(self) -> None:
        if not all(isinstance(name, str) for name in self.class_names):
            raise TypeError("a class name is no text")
        if not self.class_names or len(set(self.class_names)) != len(self.class_names):
            raise InvalidModel("a model needs at least one class name, each only once")
        if self.image_size < 1:
            raise InvalidModel(f"image_size is {self.image_size}; it is a number of pixels, at least 1")


def read_meta(directory: Path) -> ModelMeta:
    """Read an exported model's model.json.

    Raises:
        InvalidModel: there is none, or it is damaged or of another format version.
    """
    path = directory / META_FILE
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise InvalidModel(f"the exported model's {META_FILE} is missing") from error
    except (ValueError, RecursionError) as error:
        raise InvalidModel(f"the exported model's {META_FILE} is damaged ({error})") from error
    return meta_from_json(document)


def write_meta(directory: Path, meta: ModelMeta) -> None:
    (directory / META_FILE).write_text(json.dumps(meta_to_json(meta), indent=2, ensure_ascii=False), encoding="utf-8")


def meta_to_json(meta: ModelMeta) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        **asdict(meta),
        "class_names": list(meta.class_names),
        "image_mean": list(meta.image_mean),
        "image_std": list(meta.image_std),
    }


def meta_from_json(document: Mapping[str, Any]) -> ModelMeta:
    """The reverse of meta_to_json; see read_meta for what it raises."""
    try:
        fields = dict(document)
        version = fields.pop("format_version")
        if version != FORMAT_VERSION:
            raise InvalidModel(
                f"the exported model's {META_FILE} has format version {version}, this program reads {FORMAT_VERSION}"
            )
        comparison = fields["torch_comparison"]
        fields["torch_comparison"] = None if comparison is None else TorchComparison(**comparison)
        for name in ("class_names", "image_mean", "image_std"):
            fields[name] = tuple(fields[name])
        return ModelMeta(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidModel(f"the exported model's {META_FILE} is damaged ({error!r})") from error
