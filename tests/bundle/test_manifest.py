"""What is found wrong with a bundle's files before anything is loaded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bundle.runtime.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    BundleRefused,
    Manifest,
    check_files,
    manifest_to_json,
    read_manifest,
)

GRAPH_SHA256 = "eef93e1d14482804277fca0172464032d1a4fdbcc338524059fa1e861454ad4d"  # of b"graph"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder with one file and its manifest."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "detector.onnx").write_bytes(b"graph")
    return tmp_path


@pytest.fixture
def write(bundle: Path) -> Callable[..., None]:
    """Write a manifest with some of its words changed."""

    def write(**changes: Any) -> None:
        files = {"model/detector.onnx": GRAPH_SHA256}
        manifest = Manifest(1, "Fruit", 2, "m", "best", "slow", "f32", "maskwright 0", "2026-01-01T00:00:00", files)
        (bundle / MANIFEST_FILE).write_text(json.dumps(manifest_to_json(manifest) | changes))

    return write


def test_check__sound_files_pass(bundle: Path, write: Callable[..., None]) -> None:
    write()
    check_files(bundle, read_manifest(bundle))


@pytest.mark.parametrize("content", [b"graphs", b"grapg", b""])
def test_check__names_a_changed_file(bundle: Path, write: Callable[..., None], content: bytes) -> None:
    write()
    (bundle / "model" / "detector.onnx").write_bytes(content)
    with pytest.raises(BundleRefused, match=r"^model/detector\.onnx is damaged or was changed"):
        check_files(bundle, read_manifest(bundle))


def test_check__names_a_missing_file(bundle: Path, write: Callable[..., None]) -> None:
    write()
    (bundle / "model" / "detector.onnx").unlink()
    with pytest.raises(BundleRefused, match=r"^model/detector\.onnx is missing"):
        check_files(bundle, read_manifest(bundle))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "zip"}, "no manifest of a bundle"),
        ({"format_version": FORMAT_VERSION + 1}, "format version 2 and its server reads 1"),
        ({"format_version": 0}, "format version 0"),
        ({"unknown": 1}, "damaged"),
    ],
)
def test_manifest__of_another_format(
    bundle: Path, write: Callable[..., None], changes: dict[str, Any], words: str
) -> None:
    write(**changes)
    with pytest.raises(BundleRefused, match=words) as refused:
        read_manifest(bundle)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_manifest__damaged(bundle: Path, content: bytes) -> None:
    (bundle / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(BundleRefused, match="damaged"):
        read_manifest(bundle)


def test_manifest__missing(bundle: Path) -> None:
    with pytest.raises(BundleRefused, match="missing"):
        read_manifest(bundle)
