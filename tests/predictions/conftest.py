from pathlib import Path

import pytest

from app.db.enums import CheckpointKind
from tests.trained import export_random_model, store_trained_model


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[CheckpointKind, Path]:
    """Two different exported models."""
    folder = tmp_path_factory.mktemp("exports")
    for seed, kind in enumerate(CheckpointKind):
        export_random_model(folder / kind, seed=seed)
    return {kind: folder / kind for kind in CheckpointKind}


@pytest.fixture
def model_id(project_id: int, exports: dict[CheckpointKind, Path]) -> int:
    """A trained model of the project, called "my model ü"."""
    return store_trained_model(project_id, name="my model ü", exports=exports)
