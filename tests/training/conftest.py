"""A project with a few labeled images, and models in every state."""

from collections.abc import Callable

import pytest

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Checkpoint, CurvePoint, Model
from app.training import lifecycle
from app.training.lifecycle import Claim
from tests.conftest import Person
from tests.training.labeled import add_labeled_images


@pytest.fixture
def labeled_project_id(project_id: int) -> int:
    """Six images, three with a fig and three with a nut, none marked for validation."""
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig", "nut"] * 3)
    return project_id


@pytest.fixture
def start(labeled_project_id: int, owner: Person) -> Callable[..., int]:
    """Queue a training through REST and give the model's id."""

    def start(name: str = "m", **settings: object) -> int:
        answer = owner.post(f"/api/v1/projects/{labeled_project_id}/models", json={"name": name, **settings})
        assert answer.status_code == 202, answer.text
        model_id: int = answer.json()["id"]
        return model_id

    return start


def set_status(model_id: int, status: ModelStatus, **values: object) -> None:
    with session_scope() as session:
        model = session.get_one(Model, model_id)
        model.status = status
        for name, value in values.items():
            setattr(model, name, value)


def add_checkpoint(model_id: int, kind: CheckpointKind, *, step: int, export_prefix: str | None = None) -> None:
    with session_scope() as session:
        session.add(
            Checkpoint(
                model_id=model_id,
                kind=kind,
                step=step,
                elapsed_s=step / 2,
                mean_ap=0.5,
                ap50=0.75,
                state_key=f"{step}",
                export_prefix=export_prefix,
            )
        )


def add_point(model_id: int, step: int, *, is_best: bool = False) -> None:
    with session_scope() as session:
        session.add(
            CurvePoint(
                model_id=model_id, step=step, elapsed_s=step / 2, learning_rate=0.001, ap50=0.75, is_best=is_best
            )
        )


def claim_model(worker_id: str = "worker") -> Claim:
    """Let a worker take the next model, which there must be."""
    with session_scope() as session:
        lifecycle.beat(session, worker_id, hostname="desk", device="CPU, 2 cores")
        session.flush()
        claim = lifecycle.claim_next(session, worker_id)
    assert claim is not None
    return claim
