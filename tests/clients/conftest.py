from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.db.enums import CheckpointKind
from maskwright_client import Client
from tests.conftest import Person
from tests.exported import exported_random_model
from tests.listening import listening
from tests.trained import store_trained_model

MODEL_NAME = "my model ü"


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported_random_model(tmp_path_factory, seed=0)


@pytest.fixture
def model_id(project_id: int, export: Path) -> int:
    """A trained model of the project."""
    return store_trained_model(project_id, name=MODEL_NAME, exports=dict.fromkeys(CheckpointKind, export))


@pytest.fixture
def address(app: FastAPI, owner: Person) -> Iterator[str]:
    """Where the application listens."""
    with listening(app) as address:
        yield address


@pytest.fixture
def maskwright(address: str, owner: Person) -> Iterator[Client]:
    with Client(address, owner.token) as client:
        yield client
