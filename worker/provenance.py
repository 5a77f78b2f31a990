"""Where a model comes from: settings, labels, versions and machines, kept beside its checkpoints to train it again."""

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from app.storage.blobs import BlobStore
from app.training.lifecycle import Claim, provenance_key
from app.training.model_files import read_provenance_file
from worker.report import Start

FORMAT_VERSION = 1
PACKAGES = ("maskwright", "torch", "torchvision", "numpy", "opencv-python-headless", "onnxruntime")
GIT_SECONDS = 10
_ROOT = Path(__file__).parents[1]


def note_start(claim: Claim, start: Start, *, store: BlobStore, at: datetime) -> None:
    """Add how an attempt begins to the model's document, which the first one makes.

    Raises:
        StorageFull: The disk is full.
        ModelFileBroken: What is there of it is damaged.
    """
    key = provenance_key(claim.project_id, claim.lease.model_id)
    document = read_provenance_file(store, key, claim.owner) or _new_document(claim, store)
    attempts = document["attempts"]
    if not attempts or attempts[-1]["attempt"] != claim.lease.attempt:
        attempts.append(
            {
                "attempt": claim.lease.attempt,
                "worker": claim.lease.worker_id,
                "at": at.isoformat(),
                "environment": describe_environment(),
                "starts": [],
            }
        )
    attempts[-1]["starts"].append(start.to_dict())
    store.put_bytes(key, json.dumps(document, indent=1).encode())


def describe_environment() -> dict[str, Any]:
    """The versions that decide what comes out; `git` is null where the code is no checkout."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cuda": torch.version.cuda,
        "packages": {name: _version(name) for name in PACKAGES},
        "git": _git_state(),
    }


def _new_document(claim: Claim, store: BlobStore) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "model": {"id": claim.lease.model_id, "name": claim.name, "size": claim.size.value},
        "config": claim.config.to_dict(),
        "class_names": list(claim.class_names),
        "continued_from": asdict(claim.continue_from) if claim.continue_from else None,
        "snapshot": {
            "key": claim.snapshot_key,
            "sha256": hashlib.sha256(store.read_bytes(claim.snapshot_key)).hexdigest(),
        },
        "attempts": [],
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git_state() -> dict[str, Any] | None:
    commit = _git("rev-parse", "HEAD") if (_ROOT / ".git").exists() else None
    if commit is None:
        return None
    return {"commit": commit, "changed": bool(_git("status", "--porcelain", "--untracked-files=no"))}


def _git(*arguments: str) -> str | None:
    """What git says of this code; None without git."""
    command = ["git", "-C", str(_ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
