from pathlib import Path

import pytest

from app.db.enums import CheckpointKind
from tests.exported import exported_random_model
from tests.trained import store_trained_model


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[CheckpointKind, Path]:
    """Two different exported models."""
    return {kind: exported_random_model(tmp_path_factory, seed=seed) for seed, kind in enumerate(CheckpointKind)}


@pytest.fixture
def model_id(project_id: int, exports: dict[CheckpointKind, Path]) -> int:
    """A trained model of the project, called "my model ü"."""
    return store_trained_model(project_id, name="my model ü", exports=exports)
