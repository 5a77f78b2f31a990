"""What a training starts from: torchvision's weights where they can be had, random numbers where not."""

import fcntl
import hashlib
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import torch
from torchvision.models import ResNet18_Weights
from torchvision.models.detection import MaskRCNN, MaskRCNN_ResNet50_FPN_V2_Weights, MaskRCNN_ResNet50_FPN_Weights

from app.db.enums import ModelSize

CONNECT_SECONDS = 5  # contract.md, WEIGHTS_DOWNLOAD; a machine without internet must not wait longer
CHUNK_BYTES = 1 << 20
LOG_SECONDS = 5.0  # between two lines about a long download
RANDOM = "random weights"
CLASS_LAYERS = (  # what knows COCO's classes; ours are others
    "roi_heads.box_predictor.",
    "roi_heads.mask_predictor.mask_fcn_logits.",
)
BATCH_NORM_EPS = 1e-5  # torch's default, which every layer of ours has


OnProgress = Callable[[int, int | None], None]  # bytes that are there, and of how many where that is known


class FileState(StrEnum):
    OK = "ok"
    MISSING = "missing"
    DAMAGED = "damaged"


class DamagedWeights(ValueError):
    """A weight file whose content does not match the hash in its name."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One of torchvision's published files; the eight digits in its name begin the SHA-256 of its content."""

    url: str
    holds: str
    prefix: str  # of the layers in our model that it holds
    batch_norm_eps: float = BATCH_NORM_EPS  # that it was trained with

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    @property
    def sha256_prefix(self) -> str:
        return self.name.rsplit("-", 1)[-1].removesuffix(".pth")


WEIGHT_FILES = {
    ModelSize.SMALL: WeightFile(
        ResNet18_Weights.IMAGENET1K_V1.url, holds="ImageNet weights of its backbone", prefix="backbone.body."
    ),
    ModelSize.MEDIUM: WeightFile(
        MaskRCNN_ResNet50_FPN_Weights.COCO_V1.url, holds="COCO weights", prefix="", batch_norm_eps=0.0
    ),
    ModelSize.LARGE: WeightFile(MaskRCNN_ResNet50_FPN_V2_Weights.COCO_V1.url, holds="COCO weights", prefix=""),
}


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """What a training starts from; without a path, from random weights."""

    path: Path | None
    description: str  # in plain words, for the model's page and log
    freeze_batch_norm: bool  # hold the statistics that came with the weights: small batches would spoil them
    is_checkpoint: bool = False  # of an earlier model of ours, not a published file


RANDOM_START = InitialWeights(None, RANDOM, freeze_batch_norm=False)


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """Which layers of the model came from a file and which kept their random start."""

    loaded: tuple[str, ...]
    not_loaded: tuple[str, ...]

    def in_words(self) -> str:
        return f"{len(self.loaded)} tensors loaded; random: {', '.join(self.not_loaded) or 'none'}."


def find_initial_weights(
    size: ModelSize, *, weights_dir: Path, may_download: bool, log: Callable[[str], None]
) -> InitialWeights:
    """Find the weight file of a size in the folder, else download it if that is allowed, else say why not.

    A missing network is no failure: the training then starts from random weights, and the log says so.
    """
    file = WEIGHT_FILES[size]
    path = weights_dir / file.name
    state, words = look_for_weights(size, weights_dir=weights_dir)
    if state is FileState.OK:
        return InitialWeights(path, f"{file.holds} ({file.name})", freeze_batch_norm=True)
    if state is FileState.DAMAGED:
        log(f"{words}; it is left unused.")
    if may_download:
        log(f"Downloading {file.name}.")
        try:
            fetch_weights(size, weights_dir=weights_dir, on_progress=_now_and_then(file, log))
            return InitialWeights(path, f"{file.holds} ({file.name})", freeze_batch_norm=True)
        except (OSError, HTTPException, DamagedWeights) as error:
            log(f"{file.name} could not be downloaded: {error}.")
    log(
        f"No pretrained weights: the model starts from random weights and needs more images and more time. "
        f"To start from {file.holds}, put {file.name} into {weights_dir}."
    )
    return RANDOM_START


def look_for_weights(size: ModelSize, *, weights_dir: Path) -> tuple[FileState, str]:
    """Say whether a size's file is in the folder with the right content, and in words what is wrong with it."""
    file = WEIGHT_FILES[size]
    path = weights_dir / file.name
    if not path.is_file():
        return FileState.MISSING, f"{file.name} is not in {weights_dir}"
    try:
        _check_hash(path, file)
    except DamagedWeights as error:
        return FileState.DAMAGED, str(error)
    return FileState.OK, f"{file.name} is as published"


def fetch_weights(size: ModelSize, *, weights_dir: Path, on_progress: OnProgress) -> Path:
    """Download the weight file of a size into the folder; the name appears only when the content is right.

    What a broken download left is gone on with. Of processes that want the same file at once, one downloads it.

    Raises:
        OSError, HTTPException: the network or the disk failed.
        DamagedWeights: what came does not match the hash in the file's name.
    """
    file = WEIGHT_FILES[size]
    weights_dir.mkdir(parents=True, exist_ok=True)
    path, partial = weights_dir / file.name, weights_dir / f".{file.name}.part"
    with partial.open("ab") as target:
        fcntl.flock(target, fcntl.LOCK_EX)
        try:
            if look_for_weights(size, weights_dir=weights_dir)[0] is FileState.OK:
                return path  # another process has fetched it meanwhile
            _download_all(file, target, on_progress)
            _check_hash(partial, file)
            return partial.replace(path)
        except DamagedWeights:
            partial.unlink()
            raise
        finally:
            if partial.exists() and partial.stat().st_size == 0:
                partial.unlink()


def load_initial_weights(model: MaskRCNN, size: ModelSize, path: Path) -> LoadedWeights:
    """Load what fits from a weight file into a new model; the layers of the file's own classes stay out."""
    file = WEIGHT_FILES[size]
    stored = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    fitting = {
        file.prefix + name: value
        for name, value in stored.items()
        if not name.startswith(CLASS_LAYERS)
        and file.prefix + name in own
        and own[file.prefix + name].shape == value.shape
    }
    shift = BATCH_NORM_EPS - file.batch_norm_eps
    for name, value in fitting.items():
        if name.endswith("running_var"):
            fitting[name] = value - shift  # sqrt(var + eps) is then what the file was trained with
    model.load_state_dict(fitting, strict=False)
    counters = ("num_batches_tracked",)  # old files lack BatchNorm's counters, which nothing reads
    return LoadedWeights(
        loaded=tuple(sorted(fitting)),
        not_loaded=tuple(name for name in own if name not in fitting and not name.endswith(counters)),
    )


def _download_all(file: WeightFile, target: BinaryIO, on_progress: OnProgress) -> None:
    """Go on with a download that breaks off, as long as each try brings something."""
    while True:
        before = target.tell()
        try:
            return _download(file, target, on_progress)
        except (OSError, HTTPException):
            if target.tell() <= before:
                raise


def _download(file: WeightFile, target: BinaryIO, on_progress: OnProgress) -> None:
    """Append what is missing of a file; a server that cannot begin in the middle sends all of it."""
    done = target.tell()
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        response = urllib.request.urlopen(request, timeout=CONNECT_SECONDS)
    except HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there
        raise
    except URLError as error:
        host = urlsplit(file.url).netloc
        raise ConnectionError(f"{host} cannot be reached ({error.reason})") from error
    with response:
        if response.status != HTTPStatus.PARTIAL_CONTENT:
            target.truncate(0)
            done = 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length else None
        while chunk := response.read(CHUNK_BYTES):
            target.write(chunk)
            done += len(chunk)
            on_progress(done, total)
    target.flush()
    if total is not None and done < total:  # http.client says nothing of it
        raise ConnectionError(f"the connection ended after {done} of {total} bytes")


def _now_and_then(file: WeightFile, log: Callable[[str], None]) -> OnProgress:
    told_at = time.monotonic()

    def tell(done: int, total: int | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= LOG_SECONDS:
            told_at = time.monotonic()
            of = f" of {total / 1e6:.0f}" if total else ""
            log(f"{file.name}: {done / 1e6:.0f}{of} MB.")

    return tell


def _check_hash(path: Path, file: WeightFile) -> None:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if not digest.startswith(file.sha256_prefix):
        raise DamagedWeights(f"{file.name} is damaged: its SHA-256 begins with {digest[:8]}, not {file.sha256_prefix}")
