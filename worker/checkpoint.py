"""Saved training states: written whole or not at all, read without running any code in them."""

import errno
import os
import pickle
import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torchvision.models.detection import MaskRCNN

from app.storage.blobs import BlobStore
from app.training.model_files import Owner, told_with_owner
from worker import model as networks
from worker.report import CurvePoint
from worker.train_config import TrainConfig

FORMAT_VERSION = 1
# What torch raises for a file that is none of its own, cut off, or another one inside.
_DAMAGE = (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, LookupError, TypeError, AttributeError)
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class InvalidCheckpoint(ValueError):
    """The file is no checkpoint of a version that this program reads."""


class DiskFull(Exception):
    """There is no room for the file; what the path held before is still there."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """The model of a checkpoint as it predicts: averaged weights, on the CPU, in f32 and in evaluation mode."""

    model: MaskRCNN
    config: TrainConfig
    point: CurvePoint
    initialised_from: str
    judged_on_part: bool  # of the validation images, while it trained


def save_checkpoint(path: Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint atomically: after a crash at any moment the path holds the old one or the new one, whole.

    Raises:
        DiskFull: the path is as before.
    """
    put_in_place(write_part(path, content), path)


def write_part(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a checkpoint beside its path, and give where; put_in_place is the slow rest, and needs no content.

    Raises:
        DiskFull: nothing is left.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _removed_on_failure(part), part.open("wb") as file:
        torch.save({"format_version": FORMAT_VERSION, **content}, file)
    return part


def put_in_place(part: Path, path: Path) -> None:
    """Wait until the disk has what write_part wrote, and let it take the path.

    Raises:
        DiskFull: the path is as before.
    """
    with _removed_on_failure(part):
        _wait_for_disk(part)
        part.replace(path)
    _wait_for_disk(path.parent)  # or the new name may not be there after a power cut


@contextmanager
def _removed_on_failure(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        part.unlink(missing_ok=True)
        if is_disk_full(error):
            raise DiskFull(part.name) from error
        raise


def _wait_for_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_disk_full(error: BaseException) -> bool:
    # torch.save meets a full disk in its own writer, which knows no error number.
    is_torchs = isinstance(error, RuntimeError) and "PytorchStreamWriter failed" in str(error)
    return (isinstance(error, OSError) and error.errno in _NO_SPACE) or is_torchs


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read what save_checkpoint wrote.

    Raises:
        InvalidCheckpoint: the file is damaged or of another format version.
    """
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except _DAMAGE as error:
        raise InvalidCheckpoint(f"{path.name} is damaged or no checkpoint ({error})") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise InvalidCheckpoint(f"{path.name} has format version {version}; this program reads {FORMAT_VERSION}")
    return content


def load_trained_model(path: Path) -> TrainedModel:
    """Load a checkpoint, best or last, for prediction or export.

    Raises:
        InvalidCheckpoint: the file is damaged or of another format version.
    """
    content = read_checkpoint(path)
    config = TrainConfig.from_dict(content["config"])
    model = networks.build_model(config.size, class_count=len(config.class_names), image_size=config.image_size)
    model.load_state_dict(content["model"])
    model.eval()
    model.requires_grad_(requires_grad=False)
    return TrainedModel(
        model,
        config,
        CurvePoint.from_dict(content["point"]),
        content["initialised_from"],
        content.get("judged_on_part", False),  # checkpoints of before it was kept lack it
    )


def copy_stored_state(store: BlobStore, key: str, path: Path, owner: Owner) -> None:
    """Bring a saved state onto this machine, where it stays although its model may be deleted meanwhile.

    Raises:
        ModelFileBroken: it is missing or damaged.
    """
    with told_with_owner(owner, "its saved state is", key, damage=InvalidCheckpoint):
        with store.local_path(key) as state:
            shutil.copyfile(state, path)
        read_checkpoint(path)


def load_stored_model(store: BlobStore, key: str, owner: Owner) -> TrainedModel:
    """Load a checkpoint out of storage.

    Raises:
        ModelFileBroken: it is missing or damaged.
    """
    with (
        told_with_owner(owner, "its saved state is", key, damage=InvalidCheckpoint),
        store.local_path(key) as state,
    ):
        return load_trained_model(state)


def random_state() -> dict[str, Any]:
    """The state of every global random generator that training or a library under it may draw from."""
    kind, keys, position, has_gauss, gauss = np.random.get_state()
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "numpy": [kind, torch.from_numpy(np.asarray(keys).astype(np.int64)), position, has_gauss, gauss],
        "python": list(random.getstate()),
    }


def restore_random_state(state: Mapping[str, Any]) -> None:
    torch.set_rng_state(state["torch"])
    if len(state["cuda"]) == torch.cuda.device_count():  # another number of devices: another machine, no same bits
        torch.cuda.set_rng_state_all(state["cuda"])
    kind, keys, position, has_gauss, gauss = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), position, has_gauss, gauss))
    version, internal, gauss_next = state["python"]
    random.setstate((version, tuple(internal), gauss_next))


def seed_everything(seed: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
