"""A queued model without pictures, and one core for every test."""

from collections.abc import Iterator

import pytest
import torch

from app.db.engine import session_scope
from app.db.enums import ModelSize
from app.db.models import Model, Project
from app.settings import Settings
from app.training.snapshot import TrainingConfig
from tests.exported import thin_model
from tests.side_by_side import one_core
from worker import model as networks


@pytest.fixture(autouse=True)
def _one_core() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with one_core():
        yield
    torch.set_num_threads(threads)


@pytest.fixture
def thin_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """An evaluation in a third of the time, an export in half: for trainings of which something else is asked."""
    monkeypatch.setattr(networks, "build_model", thin_model)


@pytest.fixture
def queued_model(app_env: Settings) -> int:
    """A queued model without a snapshot."""
    with session_scope() as session:
        project = Project(name="Fruit")
        session.add(project)
        session.flush()
        model = Model(
            project_id=project.id,
            name="m",
            size=ModelSize.SMALL,
            config=TrainingConfig(64, 1.0, 1.0, False, 20.0, None, 0, None).to_dict(),
            class_names=["fig"],
            snapshot_key="none",
            training_image_count=1,
            validation_image_count=1,
        )
        session.add(model)
        session.flush()
        return model.id
