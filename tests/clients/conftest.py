import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from app.db.enums import CheckpointKind
from maskwright_client import Client
from tests.conftest import Person
from tests.trained import export_random_model, store_trained_model

MODEL_NAME = "my model ü"


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    export_random_model(folder, seed=0)
    return folder


@pytest.fixture
def model_id(project_id: int, export: Path) -> int:
    """A trained model of the project."""
    return store_trained_model(project_id, name=MODEL_NAME, exports=dict.fromkeys(CheckpointKind, export))


@pytest.fixture
def address(app: FastAPI, owner: Person) -> Iterator[str]:
    """Where the application listens; its lifespan is the test client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def maskwright(address: str, owner: Person) -> Iterator[Client]:
    with Client(address, owner.token) as client:
        yield client
