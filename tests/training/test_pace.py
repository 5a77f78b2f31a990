"""What time estimates rest on: the newest training on a device that tells of it, scaled by pixels and sizes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model, Project
from app.training import lifecycle
from app.training.defaults import HEADS_PX
from tests.conftest import Person
from tests.training.conftest import set_status

Start = Callable[..., int]
CPU = "CPU, 2 cores"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def measured(start: Start) -> Callable[..., int]:
    """A finished training whose pace is known."""

    def measured(
        name: str,
        images_per_second: float,
        *,
        days: int = 0,
        device: str = CPU,
        elapsed_s: float = 600,
        step: int = 400,
        **settings: object,
    ) -> int:
        model_id = start(name, **settings)
        started_at = LONG_AGO + timedelta(days=days)
        set_status(
            model_id,
            ModelStatus.READY,
            device=device,
            images_per_second=images_per_second,
            started_at=started_at,
            elapsed_s=elapsed_s,
            step=step,
        )
        return model_id

    return measured


@pytest.fixture
def sizes(labeled_project_id: int, owner: Person) -> Callable[[], dict[str, dict[str, Any]]]:
    """What the dialog says of each size where a worker with two cores lives."""
    with session_scope() as session:
        lifecycle.beat(session, "w", hostname="desk", device=CPU, memory_bytes=8 * 10**9)

    def sizes() -> dict[str, dict[str, Any]]:
        defaults = owner.get(f"/api/v1/projects/{labeled_project_id}/models/defaults").json()
        return {size["size"]: size for size in defaults["sizes"]}

    return sizes


def test_defaults__are_a_reference_until_a_model_was_trained_on_the_device(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    measured("elsewhere", 100.0, device="NVIDIA H100")
    assert {size["pace_basis"] for size in sizes().values()} == {"reference"}


def test_defaults__take_the_newest_training_of_the_size(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    measured("new", 2.0, days=2, size="small", image_size=128)
    measured("by steps", 0.5, days=3, size="small", image_size=128, max_steps=10)
    measured("old", 9.0, days=1, size="small", image_size=128)
    small = sizes()["small"]
    assert (small["pace_basis"], small["measured_in"]) == ("measured", "new")
    assert small["image_size"] == 64  # half of what was measured; the heads cost the same
    assert small["images_per_second"] == pytest.approx(2.0 * (128**2 + HEADS_PX**2) / (64**2 + HEADS_PX**2))


@pytest.mark.parametrize("too_short", [{"elapsed_s": 60}, {"step": 20}])
def test_defaults__pass_over_a_training_too_short_to_tell(
    too_short: dict[str, int], measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    measured("long", 9.0, days=1, size="small", image_size=64)
    measured("short", 2.0, days=2, size="small", image_size=64, **too_short)
    assert (sizes()["small"]["measured_in"], sizes()["small"]["images_per_second"]) == ("long", 9.0)


def test_defaults__take_the_closest_image_size_before_the_newest(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    measured("same", 9.0, days=1, size="small", image_size=64)
    measured("near", 2.0, days=2, size="small", image_size=96)
    assert sizes()["small"]["measured_in"] == "same"


def test_defaults__are_a_reference_where_only_other_image_sizes_were_measured(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    measured("far", 2.0, size="small", image_size=160)
    assert {size["pace_basis"] for size in sizes().values()} == {"reference"}


def test_defaults__scale_other_sizes_by_the_one_that_was_measured(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    before = sizes()
    measured("small-1", 2 * before["small"]["images_per_second"], size="small", image_size=64)
    after = sizes()
    assert after["large"]["pace_basis"] == "other size"
    assert after["large"]["measured_in"] == "small-1"
    assert after["large"]["images_per_second"] == pytest.approx(2 * before["large"]["images_per_second"])


def test_defaults__tell_the_times_that_start_takes_at_an_image_size(
    start: Start, labeled_project_id: int, owner: Person
) -> None:
    query = {"image_size": 2048}
    defaults = owner.get(f"/api/v1/projects/{labeled_project_id}/models/defaults", params=query).json()
    small = next(size for size in defaults["sizes"] if size["size"] == "small")
    config = owner.get(f"/api/v1/models/{start(size='small', **query)}").json()["config"]
    assert small["image_size"] == 2048
    assert (small["train_minutes"], small["stop_minutes"]) == (config["train_minutes"], config["stop_minutes"])
    assert small["train_minutes"] > 3


def test_defaults__name_no_model_of_another_project(
    measured: Callable[..., int], sizes: Callable[[], dict[str, dict[str, Any]]]
) -> None:
    model_id = measured("secret", 5.0, size="small", image_size=64)
    with session_scope() as session:
        other = Project(name="Secret")
        session.add(other)
        session.flush()
        session.get_one(Model, model_id).project_id = other.id
    assert (sizes()["small"]["pace_basis"], sizes()["small"]["measured_in"]) == ("measured", None)


def test_read_queue__says_what_workers_are_and_how_fast(measured: Callable[..., int], owner: Person) -> None:
    measured("small-1", 2.0, size="small", image_size=256)
    with session_scope() as session:
        lifecycle.beat(session, "w", hostname="desk", device=CPU, memory_bytes=8 * 10**9)
        lifecycle.beat(session, "g", hostname="rack", device="2 x NVIDIA H100", memory_bytes=80 * 10**9, gpu_count=2)
    by_id = {worker["id"]: worker for worker in owner.get("/api/v1/queue").json()["workers"]}
    assert by_id["w"]["images_per_second"] == {"small": pytest.approx(0.8)}  # at 512 px, its own size
    assert (by_id["g"]["gpu_count"], by_id["g"]["memory_bytes"]) == (2, 80 * 10**9)
    assert by_id["g"]["images_per_second"] == {}
