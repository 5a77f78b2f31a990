"""A bundle's model that cannot be used is refused in words."""

from pathlib import Path

import pytest

from app.bundle.runtime.loading import load_model
from app.bundle.runtime.manifest import MODEL_FOLDER, BundleRefused, Manifest
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE
from tests.exported import exported_random_model


def test_load_model__of_graphs_that_are_not_those_of_a_model(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    exported, folder = exported_random_model(tmp_path_factory, seed=0), tmp_path / MODEL_FOLDER
    folder.mkdir()
    for source, name in (
        (META_FILE, META_FILE),
        (DETECTOR_FILE, MASK_HEAD_FILE),
        (MASK_HEAD_FILE, DETECTOR_FILE),
    ):
        (folder / name).symlink_to(exported / source)
    manifest = Manifest(1, "Fruit", 2, "m", "best", "slow", "f32", "maskwright 0", "2026-01-01T00:00:00", {})
    with pytest.raises(BundleRefused, match="the model cannot be loaded: the exported model does not answer"):
        load_model(tmp_path, manifest)
