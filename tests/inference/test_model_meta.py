"""model.json: written, read back, and refused when it is something else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.inference.errors import InvalidModel
from app.inference.model_meta import ModelMeta, TorchComparison, meta_from_json, meta_to_json, read_meta, write_meta

META = ModelMeta(
    class_names=("fig", "ąžuolas"),
    image_size=512,
    size="small",
    model_name="fruits 1",
    model_id=7,
    checkpoint="best",
    step=120,
    image_mean=(0.485, 0.456, 0.406),
    image_std=(0.229, 0.224, 0.225),
    score_thresholds={"fig": 0.1 + 0.2},
    library_versions={"torch": "2.14.1"},
    torch_comparison=TorchComparison(2, 30, 0, 1e-5, 3e-7, 2e-5, 1e-7),
)


@pytest.mark.parametrize("meta", [META, replace(META, torch_comparison=None, model_id=None)])
def test_write_meta__comes_back_the_same(meta: ModelMeta, tmp_path: Path) -> None:
    write_meta(tmp_path, meta)

    assert read_meta(tmp_path) == meta


def test_read_meta__no_model_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match=r"model\.json is missing"):
        read_meta(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"7", b"{}", b"[" * 100_000])
def test_read_meta__damaged(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(content)

    with pytest.raises(InvalidModel, match="damaged"):
        read_meta(tmp_path)


@pytest.mark.parametrize(
    "change,message",
    [
        ({"format_version": 2}, "format version 2, this program reads 1"),
        ({"surprise": 1}, "damaged"),
        ({"torch_comparison": {"images": 1}}, "damaged"),
        ({"class_names": None}, "damaged"),
        ({"class_names": []}, "at least one class name"),
        ({"class_names": ["fig", "fig"]}, "each only once"),
        ({"image_size": 0}, "at least 1"),
    ],
)
def test_meta_from_json__what_it_cannot_use(change: dict[str, Any], message: str) -> None:
    document = {**json.loads(json.dumps(meta_to_json(META))), **change}

    with pytest.raises(InvalidModel, match=message):
        meta_from_json(document)
