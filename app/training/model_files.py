"""Reading what a training left in storage. A file that is gone or damaged is told with its model and what to do.

Whoever reads the bytes knows what is wrong with them; only here is it known whose they are, and what helps.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any, Self

from app.db.models import Model
from app.errors import Conflict
from app.inference.errors import InvalidModel
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE, ModelMeta, read_meta
from app.masks.prediction_columns import InvalidPredictions
from app.masks.prediction_table import PredictionTable, prediction_table_from_bytes
from app.storage.blobs import BlobStore
from app.training import snapshot
from app.training.snapshot import InvalidSnapshot, Snapshot

EXPORT_FILES = (META_FILE, DETECTOR_FILE, MASK_HEAD_FILE)
HASHES_FILE = "SHA256SUMS"  # beside them, for `sha256sum --check`; exports that were stored before it have none
MAX_CHARACTERS = 300  # of what a runtime says about a file, in many lines
OR_TRAIN_AGAIN = "or train the model again"
OR_MAKE_AGAIN = "or make the speed again (Download model, Make again)"


class ModelFileBroken(Conflict):
    """A stored file of a model is missing or damaged: the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The model that a file belongs to: one of another model is as bad as a damaged one."""

    name: str
    class_names: tuple[str, ...]

    @classmethod
    def of(cls, model: Model) -> Self:
        return cls(model.name, tuple(model.class_names))


@contextmanager
def told_with_owner(
    owner: Owner, what: str, key: str, *, damage: type[ValueError] | type[InvalidModel], otherwise: str = OR_TRAIN_AGAIN
) -> Iterator[None]:
    """Read a file of a model.

    Args:
        what: The file in plain words, for where it is missing; a damaged one is named by what is raised.
        damage: What is raised for a damaged one.
        otherwise: What helps who has no backup of it.
    Raises:
        ModelFileBroken: It is missing or damaged.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise _broken(owner, f"{what} missing", key, otherwise) from error
    except damage as error:
        raise _broken(owner, shorten(str(error), MAX_CHARACTERS, placeholder=" …"), key, otherwise) from error


def _broken(owner: Owner, words: str, key: str, otherwise: str) -> ModelFileBroken:
    return ModelFileBroken(f"model {owner.name!r}: {words}; restore {key} in the storage from a backup, {otherwise}")


def read_snapshot(store: BlobStore, key: str, owner: Owner) -> Snapshot:
    """The labels that a training read.

    Raises:
        ModelFileBroken: They are missing or damaged.
    """
    with told_with_owner(owner, "the snapshot of the labels is", key, damage=InvalidSnapshot):
        frozen = snapshot.from_json_bytes(store.read_bytes(key))
        if frozen.class_names != owner.class_names:
            raise InvalidSnapshot("the snapshot of the labels is that of a model with other labels")
    return frozen


def read_snapshot_of_present_images(store: BlobStore, key: str, owner: Owner) -> tuple[Snapshot, int]:
    """The labels of the images that are still there, and how many were deleted for good.

    Raises:
        ModelFileBroken: They are missing or damaged.
    """
    frozen = read_snapshot(store, key, owner)
    images = tuple(image for image in frozen.images if store.exists(image.storage_key))
    return Snapshot(frozen.project_id, frozen.class_names, images), len(frozen.images) - len(images)


def read_predictions(store: BlobStore, key: str, owner: Owner) -> PredictionTable:
    """What a checkpoint predicted on a split.

    Raises:
        ModelFileBroken: It is missing or damaged.
    """
    with told_with_owner(owner, "the stored predictions are", key, damage=InvalidPredictions, otherwise=OR_MAKE_AGAIN):
        table = prediction_table_from_bytes(store.read_bytes(key))
        if table.class_names != owner.class_names:
            raise InvalidPredictions("the stored predictions are those of a model with other labels")
    return table


def store_export(store: BlobStore, prefix: str, directory: Path) -> None:
    """Store the files of an exported model's folder, and the hashes that fetch_export compares."""
    for path in directory.iterdir():
        store.put_file(f"{prefix}/{path.name}", path)
    store.put_bytes(f"{prefix}/{HASHES_FILE}", b"".join(_hash_line(directory / name) + b"\n" for name in EXPORT_FILES))


def fetch_export(
    store: BlobStore, prefix: str, directory: Path, owner: Owner, *, otherwise: str = OR_TRAIN_AGAIN
) -> ModelMeta:
    """Copy an export's files out of storage into a folder that exists, and read what it says about itself.

    Args:
        otherwise: What helps who has no backup.
    Raises:
        ModelFileBroken: Some file is missing or not as it was stored, or what it says is damaged.
    """
    hash_lines = _read_hash_lines(store, prefix)
    for name in EXPORT_FILES:
        key, path = f"{prefix}/{name}", directory / name
        with told_with_owner(owner, f"the exported model's {name} is", key, damage=InvalidModel, otherwise=otherwise):
            with store.open(key) as blob, path.open("wb") as file:
                shutil.copyfileobj(blob, file)
            if hash_lines is not None and _hash_line(path) not in hash_lines:
                raise InvalidModel(f"the exported model's {name} is damaged (its SHA-256 is not that in {HASHES_FILE})")
    with told_with_owner(owner, "", f"{prefix}/{META_FILE}", damage=InvalidModel, otherwise=otherwise):
        meta = read_meta(directory)
        if meta.class_names != owner.class_names:
            raise InvalidModel(f"the exported model's {META_FILE} is that of a model with other labels")
    return meta


def _hash_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}".encode()


def _read_hash_lines(store: BlobStore, prefix: str) -> list[bytes] | None:
    """None of an export that was stored before hashes were."""
    try:
        return store.read_bytes(f"{prefix}/{HASHES_FILE}").splitlines()
    except FileNotFoundError:
        return None


def read_provenance_file(store: BlobStore, key: str, owner: Owner) -> dict[str, Any] | None:
    """What a model was made with, as its worker wrote it down; None where no worker has begun it.

    Raises:
        ModelFileBroken: It is damaged.
    """
    if not store.exists(key):
        return None
    with told_with_owner(owner, "the provenance is", key, damage=_InvalidProvenance, otherwise="or delete it"):
        try:
            document = json.loads(store.read_bytes(key))
        except (ValueError, RecursionError) as error:
            raise _InvalidProvenance(f"the provenance is damaged ({error})") from error
        if not isinstance(document, dict) or not isinstance(document.get("attempts"), list):
            raise _InvalidProvenance("the provenance is damaged (it lists no attempts)")
    return document


class _InvalidProvenance(ValueError):
    """The document that a worker writes about a training cannot be read."""
