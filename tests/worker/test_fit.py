import dataclasses
import os
import re
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from torchvision.models.detection import MaskRCNN

from app.db.enums import CheckpointKind, Split
from app.masks.instance import Instance
from app.training.lifecycle import LeaseLost
from tests.worker import synthetic
from tests.worker.recording import RecordingReporter
from worker import checkpoint
from worker import model as networks
from worker.checkpoint import load_trained_model, read_checkpoint
from worker.dataset import TrainingData
from worker.earlier_model import find_earlier_weights
from worker.endings import FitResult, NothingToTrainOn, Outcome, TrainingDiverged
from worker.evaluate import Evaluator
from worker.fit import fit
from worker.learner import Learner
from worker.memory import OutOfMemory
from worker.report import CurvePoint, StopRequest
from worker.train_config import TrainConfig

pytestmark = pytest.mark.slow


def run(
    config: TrainConfig,
    reporter: RecordingReporter,
    work_dir: Path,
    *,
    data: TrainingData | None = None,
    resume_from: Path | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> FitResult:
    return fit(config, data or synthetic.shapes(), reporter, resume_from=resume_from, work_dir=work_dir, clock=clock)


def ticking(tick_s: float) -> Callable[[], float]:
    """A clock that is `tick_s` later each time it is read."""
    readings = count()
    return lambda: next(readings) * tick_s


def without_time(points: list[CurvePoint]) -> list[CurvePoint]:
    return [dataclasses.replace(point, elapsed_s=0.0) for point in points]


def test_fit__learns_shapes_beside_a_background_image(tmp_path: Path) -> None:
    data = TrainingData((*synthetic.shapes().images, synthetic.background(9, Split.TRAINING)))
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=16, learning_rate=2e-3), reporter, tmp_path, data=data)

    assert result.outcome is Outcome.FINISHED
    assert [point.step for point in reporter.points] == list(range(2, 17, 2))
    assert reporter.points[-1].train_loss < 0.5 * reporter.points[0].train_loss
    assert max(point.ap50 for point in reporter.points) > 0.4
    assert max(point.validation_accuracy for point in reporter.points) > 0.3
    maps = [point.mean_ap for point in reporter.points]
    assert result.best.step == reporter.points[maps.index(max(maps))].step
    assert [step for kind, step in reporter.checkpoints if kind is CheckpointKind.LAST] == list(range(2, 17, 2))
    best_steps = [step for kind, step in reporter.checkpoints if kind is CheckpointKind.BEST]
    assert best_steps == [point.step for point in reporter.points if point.is_best]
    assert load_trained_model(tmp_path / "best.pt").point == result.best
    assert load_trained_model(tmp_path / "last.pt").point == result.last == reporter.points[-1]
    assert result.initialised_from == "random weights"


@pytest.mark.usefixtures("thin_network")
@pytest.mark.parametrize(("width", "sides"), [(16, [40, 40, 64, 64]), (6, [64, 64, 64, 64])])
def test_fit__begins_with_small_images_where_objects_keep_their_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, sides: list[int]
) -> None:
    bar = Instance("bar", "square", polygons=(synthetic.polygon(3, 3, 3 + width, 40),))
    images = [dataclasses.replace(image, instances=(bar,)) for image in synthetic.shapes().images]
    seen: list[int] = []
    real_step = Learner.step

    def step(learner: Learner, samples: list[Any], learning_rate: float, **options: Any) -> float | None:
        seen.append(samples[0][0].shape[-1])
        return real_step(learner, samples, learning_rate, **options)

    monkeypatch.setattr(Learner, "step", step)

    run(synthetic.config(max_steps=4), RecordingReporter(), tmp_path, data=TrainingData(tuple(images)))

    assert seen == sides


@pytest.mark.usefixtures("thin_network")
def test_fit__takes_steps_while_the_last_state_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later_step = threading.Event()
    real_step, real_put = Learner.step, checkpoint.put_in_place
    steps, states_written = count(1), []

    def step(*arguments: Any, **options: Any) -> float | None:
        if next(steps) == 2:
            later_step.set()
        return real_step(*arguments, **options)

    def put(part: Path, path: Path) -> None:
        if path.name == "last.pt":
            assert later_step.wait(60)
            states_written.append(read_checkpoint(part)["training"]["step"])
        real_put(part, path)

    monkeypatch.setattr(Learner, "step", step)
    monkeypatch.setattr(checkpoint, "put_in_place", put)
    reporter = RecordingReporter()

    run(synthetic.config(max_steps=3), reporter, tmp_path)

    assert states_written == [1, 2, 3]
    assert [step for kind, step in reporter.checkpoints if kind is CheckpointKind.LAST] == [1, 2, 3]


@pytest.mark.usefixtures("thin_network")
def test_fit__keeps_the_state_that_was_being_written_when_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    real_step, real_put = Learner.step, checkpoint.put_in_place
    steps = count(1)

    def step(*arguments: Any, **options: Any) -> float | None:
        if next(steps) == 1:
            return real_step(*arguments, **options)
        failed.set()
        raise ValueError("broken")

    def put(part: Path, path: Path) -> None:
        assert path.name != "last.pt" or failed.wait(60)
        real_put(part, path)

    monkeypatch.setattr(Learner, "step", step)
    monkeypatch.setattr(checkpoint, "put_in_place", put)
    reporter = RecordingReporter()

    with pytest.raises(ValueError, match="broken"):
        run(synthetic.config(max_steps=3), reporter, tmp_path)

    assert (CheckpointKind.LAST, 1) in reporter.checkpoints


def test_fit__resumed_equals_uninterrupted_bit_for_bit(tmp_path: Path) -> None:
    whole_dir, torn_dir = tmp_path / "whole", tmp_path / "torn"
    whole_dir.mkdir()
    torn_dir.mkdir()
    config = synthetic.config(max_steps=20, seed=3)  # evaluates every second step
    whole, torn, resumed = RecordingReporter(at_step=6), RecordingReporter(at_step=5), RecordingReporter(at_step=2)

    for reporter, work_dir in ((whole, whole_dir), (torn, torn_dir)):
        with pytest.raises(LeaseLost):
            run(config, reporter, work_dir)
    torch.manual_seed(1)  # what else used the random numbers meanwhile must not matter
    with pytest.raises(LeaseLost):  # the step after the last checkpoint was lost: 4 + 2 steps are 6
        run(config, resumed, torn_dir, resume_from=torn_dir / "last.pt")

    assert [point.step for point in whole.points] == [2, 4, 6]
    assert without_time(torn.points + resumed.points) == without_time(whole.points)
    uninterrupted, continued = (read_checkpoint(folder / "last.pt") for folder in (whole_dir, torn_dir))
    for name, value in uninterrupted["model"].items():
        assert torch.equal(value, continued["model"][name]), name
    assert torch.equal(uninterrupted["training"]["history"], continued["training"]["history"])


@pytest.mark.usefixtures("thin_network")
def test_fit__stop_evaluates_and_keeps_the_last_state(tmp_path: Path) -> None:
    reporter = RecordingReporter(at_step=3, request=StopRequest.STOP)

    result = run(synthetic.config(max_steps=1000), reporter, tmp_path)

    assert result.outcome is Outcome.STOPPED
    assert result.last.step == 3
    assert reporter.checkpoints == [(CheckpointKind.BEST, 3), (CheckpointKind.LAST, 3)]


@pytest.mark.usefixtures("thin_network")
def test_fit__pause_saves_the_state_without_an_evaluation(tmp_path: Path) -> None:
    paused = RecordingReporter(at_step=3, request=StopRequest.PAUSE)
    resumed = RecordingReporter()

    before = run(synthetic.config(max_steps=5), paused, tmp_path)
    after = run(synthetic.config(max_steps=5), resumed, tmp_path, resume_from=tmp_path / "last.pt")

    assert before.outcome is Outcome.PAUSED
    assert paused.checkpoints[-1] == (CheckpointKind.LAST, 3)
    assert [point.step for point in resumed.points] == [4, 5]
    assert after.last.step == 5


@pytest.mark.usefixtures("thin_network")
def test_fit__pause_goes_on_as_if_unbroken(tmp_path: Path) -> None:
    whole, paused, resumed = (
        RecordingReporter(),
        RecordingReporter(at_step=3, request=StopRequest.PAUSE),
        RecordingReporter(),
    )
    (tmp_path / "whole").mkdir()

    run(synthetic.config(max_steps=5), whole, tmp_path / "whole")
    run(synthetic.config(max_steps=5), paused, tmp_path)
    run(synthetic.config(max_steps=5), resumed, tmp_path, resume_from=tmp_path / "last.pt")

    assert resumed.points[-1].validation_loss == whole.points[-1].validation_loss
    assert resumed.points[-1].mean_ap == whole.points[-1].mean_ap


@pytest.mark.usefixtures("thin_network")
def test_fit__time_sets_schedule_evaluations_and_end(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    config = synthetic.config(max_steps=None, train_minutes=0.25, stop_minutes=10)

    result = run(config, reporter, tmp_path, clock=ticking(0.1))

    assert result.outcome is Outcome.FINISHED
    assert 13 <= result.elapsed_s <= 18  # of 15; a step of this clock is 1.1 s long
    times = [point.elapsed_s for point in reporter.points]
    assert 1.5 <= times[0] <= 5
    assert len(times) >= 2
    assert reporter.fractions == sorted(reporter.fractions)
    assert reporter.points[-1].learning_rate < 0.1 * 1e-3  # the cosine has come down
    assert re.search(r"Of \d+ s, training steps \d+ %, evaluations \d+ %", reporter.messages[-1])


@pytest.mark.usefixtures("thin_network")
def test_fit__a_slow_model_has_a_state_before_its_first_evaluation(tmp_path: Path) -> None:
    reporter = RecordingReporter(at_step=1, request=StopRequest.STOP)
    config = synthetic.config(max_steps=None, train_minutes=60, stop_minutes=60)

    result = run(config, reporter, tmp_path, clock=ticking(8.0))

    assert reporter.checkpoints == [(CheckpointKind.LAST, 1), (CheckpointKind.BEST, 1), (CheckpointKind.LAST, 1)]
    assert result.best == reporter.points[0]
    assert result.best.mean_ap is not None


def test_fit__what_a_first_evaluation_found_that_was_cut_short_is_not_the_best(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    config = synthetic.config(max_steps=None, train_minutes=0.5, stop_minutes=10, learning_rate=1e-12)

    result = run(config, reporter, tmp_path, data=synthetic.shapes(validation=6), clock=ticking(0.5))

    first, second, *_ = reporter.points
    assert any("first point of the curve is of 3 of 6 validation images" in message for message in reporter.messages)
    assert first.mean_ap >= second.mean_ap  # and yet
    assert second.is_best
    assert result.best.step >= second.step


@pytest.mark.usefixtures("thin_network")
def test_fit__resumed_time_adds_up(tmp_path: Path) -> None:
    config = synthetic.config(max_steps=None, train_minutes=0.2, stop_minutes=10)
    run(config, RecordingReporter(at_step=1, request=StopRequest.STOP), tmp_path, clock=ticking(0.16))
    before = read_checkpoint(tmp_path / "last.pt")["training"]["elapsed_s"]
    reporter = RecordingReporter()

    result = run(config, reporter, tmp_path, resume_from=tmp_path / "last.pt", clock=ticking(0.16))

    assert 11 <= result.elapsed_s <= 14.5  # of 12; a step and an evaluation of this clock are 2.4 s long
    assert before < reporter.points[0].elapsed_s
    assert reporter.points[0].step > 1


@pytest.mark.usefixtures("thin_network")
def test_fit__stops_early_without_a_better_map(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    config = synthetic.config(max_steps=None, learning_rate=1e-12, train_minutes=1000, stop_minutes=10)

    result = run(config, reporter, tmp_path, clock=ticking(3.0))

    assert result.outcome is Outcome.STOPPED_EARLY
    assert 600 <= result.last.elapsed_s - result.best.elapsed_s <= 1000  # from evaluation to evaluation 320 s here
    assert result.last.step == reporter.points[-1].step


@pytest.mark.usefixtures("thin_network")
def test_fit__does_not_stop_early_before_it_was_looked_at_again(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    config = synthetic.config(max_steps=None, learning_rate=1e-12, train_minutes=1000, stop_minutes=0.1)

    result = run(config, reporter, tmp_path, clock=ticking(3.0))

    assert result.outcome is Outcome.STOPPED_EARLY
    assert not reporter.points[-1].is_best


@pytest.mark.usefixtures("thin_network")
def test_fit__recovers_from_a_loss_that_is_not_finite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = count(1)
    real_step = Learner.step

    def spoilt_at_third(learner: Learner, samples: object, learning_rate: float, **seeds: object) -> float | None:
        if next(steps) == 3:
            with torch.no_grad():
                next(learner.model.backbone.parameters())[0] = float("nan")
        return real_step(learner, samples, learning_rate, **seeds)

    monkeypatch.setattr(Learner, "step", spoilt_at_third)
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=3), reporter, tmp_path)

    assert result.outcome is Outcome.FINISHED
    assert [point.step for point in reporter.points] == [1, 2, 3]
    assert "back to step 2 with 0.5 of the learning rate" in "".join(reporter.messages)
    assert all(value.isfinite().all() for value in read_checkpoint(tmp_path / "last.pt")["model"].values())


@pytest.mark.usefixtures("thin_network")
def test_fit__gives_up_after_three_recoveries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_step = Learner.step

    def always_spoilt(learner: Learner, samples: object, learning_rate: float, **seeds: object) -> float | None:
        with torch.no_grad():
            next(learner.model.backbone.parameters())[0] = float("nan")
        return real_step(learner, samples, learning_rate, **seeds)

    monkeypatch.setattr(Learner, "step", always_spoilt)
    reporter = RecordingReporter()

    with pytest.raises(TrainingDiverged, match=r"not finite at step 0, also with the learning rate at 0\.125"):
        run(synthetic.config(max_steps=3), reporter, tmp_path)

    assert sum("The loss was not finite" in message for message in reporter.messages) == 3


@pytest.mark.usefixtures("thin_network")
def test_fit__without_validation_labels_the_newest_is_best(tmp_path: Path) -> None:
    data = TrainingData((*synthetic.shapes(validation=0).images, synthetic.background(9, Split.VALIDATION)))
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=2), reporter, tmp_path, data=data)

    assert result.best == result.last
    assert result.best.mean_ap is None
    assert result.best.validation_loss > 0
    assert any("no mAP" in message for message in reporter.messages)


@pytest.mark.usefixtures("thin_network")
def test_fit__a_state_that_there_is_no_room_for_is_not_best(tmp_path: Path) -> None:
    reporter = RecordingReporter(no_room_at_step=1)

    result = run(synthetic.config(max_steps=2, learning_rate=1e-12), reporter, tmp_path)

    assert [(point.step, point.is_best) for point in reporter.points] == [(1, True), (1, False), (2, True)]
    assert result.best == result.last == reporter.points[-1]  # though it is no better than what was not kept
    assert reporter.checkpoints == [(CheckpointKind.BEST, 2), (CheckpointKind.LAST, 2)]


@pytest.mark.usefixtures("thin_network")
def test_fit__tells_of_instances_too_small_to_learn(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    data = synthetic.shapes(side=512)  # a 12-px speck of them is nothing at 32
    first = data.images[0]
    speck = dataclasses.replace(first.instances[1], polygons=(synthetic.polygon(3, 3, 5, 5),))
    images = (dataclasses.replace(first, instances=(*first.instances, speck)), *data.images[1:])

    run(synthetic.config(max_steps=2, image_size=32), reporter, tmp_path, data=TrainingData(images))

    assert any(said.startswith("Instances seen so far that have no pixel at 32 px: 1.") for said in reporter.messages)


def test_fit__refuses_to_train_on_nothing(tmp_path: Path) -> None:
    with pytest.raises(NothingToTrainOn):
        run(synthetic.config(), RecordingReporter(), tmp_path, data=synthetic.shapes(training=0))


def without_memory_above(monkeypatch: pytest.MonkeyPatch, *, images: int, side: int, from_step: int = 1) -> None:
    """Have steps of more or larger images fail as on a GPU whose memory is full, after they have spoilt the weights."""
    steps = count(1)
    real_step = Learner.step

    def step(learner: Learner, samples: list[Any], learning_rate: float, **seeds: object) -> float | None:
        loss = real_step(learner, samples, learning_rate, **seeds)
        is_large = len(samples) > images or max(samples[0][0].shape) > side
        if is_large and next(steps) >= from_step:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return loss

    monkeypatch.setattr(Learner, "step", step)


@pytest.mark.usefixtures("thin_network")
def test_fit__out_of_memory_takes_fewer_then_smaller_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_memory_above(monkeypatch, images=1, side=96)
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=2, image_size=128), reporter, tmp_path, data=synthetic.shapes(side=128))

    assert result.outcome is Outcome.FINISHED
    said = [message for message in reporter.messages if message.startswith("Not enough memory")]
    assert said == [
        "Not enough memory for batches of 2 at 128 px: going on from step 0 with batches of 1 at 128 px.",
        "Not enough memory for batches of 1 at 128 px: going on from step 1 with batches of 1 at 96 px.",
    ]
    assert [(start.batch_size, start.image_size) for start in reporter.starts][-1] == (1, 96)
    assert load_trained_model(tmp_path / "best.pt").config.image_size == 96  # predictions are made at it, too


@pytest.mark.usefixtures("thin_network")
def test_fit__out_of_memory_goes_back_to_the_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_memory_above(monkeypatch, images=1, side=64, from_step=4)
    reporter, resumed = RecordingReporter(), RecordingReporter()

    run(synthetic.config(max_steps=4), reporter, tmp_path)
    run(synthetic.config(max_steps=5), resumed, tmp_path, resume_from=tmp_path / "last.pt")

    assert "going on from step 3 with batches of 1" in "".join(reporter.messages)
    assert [point.step for point in reporter.points] == [1, 2, 3, 4]
    assert (resumed.starts[0].batch_size, resumed.starts[0].image_size) == (1, 64)  # what fits is remembered


@pytest.mark.usefixtures("thin_network")
def test_fit__out_of_memory_ends_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_memory_above(monkeypatch, images=0, side=0)

    with pytest.raises(OutOfMemory, match="not even for batches of 1 at 64 px: choose a smaller"):
        run(synthetic.config(), RecordingReporter(), tmp_path)


@pytest.mark.usefixtures("thin_network")
def test_fit__out_of_memory_while_a_smaller_one_is_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_memory_above(monkeypatch, images=1, side=64)
    real_build, calls = networks.build_model, count(1)

    def build_model(*arguments: Any, **options: Any) -> MaskRCNN:
        if next(calls) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return real_build(*arguments, **options)

    monkeypatch.setattr(networks, "build_model", build_model)

    with pytest.raises(OutOfMemory, match="not even for batches of 1 at 64 px"):
        run(synthetic.config(), RecordingReporter(), tmp_path)


def without_memory_to_evaluate_above(monkeypatch: pytest.MonkeyPatch, *, side: int) -> None:
    real_evaluate = Evaluator.evaluate

    def evaluate(evaluator: Evaluator, model: MaskRCNN, **options: Any) -> Any:
        if model.transform.max_size > side:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return real_evaluate(evaluator, model, **options)

    monkeypatch.setattr(Evaluator, "evaluate", evaluate)


@pytest.mark.usefixtures("thin_network")
def test_fit__evaluation_out_of_memory_takes_smaller_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_memory_to_evaluate_above(monkeypatch, side=96)
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=2, image_size=128), reporter, tmp_path, data=synthetic.shapes(side=128))

    assert [point.step for point in reporter.points] == [1, 2]  # no step was lost
    assert "going on from step 1 with batches of 2 at 96 px" in "".join(reporter.messages)
    assert result.last.step == 2


@pytest.mark.usefixtures("thin_network")
def test_fit__evaluation_out_of_memory_with_a_full_disk_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_memory_to_evaluate_above(monkeypatch, side=96)
    (tmp_path / f".last.pt.{os.getpid()}.part").symlink_to("/dev/full")  # it is gone after the first try
    reporter = RecordingReporter()

    result = run(synthetic.config(max_steps=2, image_size=128), reporter, tmp_path, data=synthetic.shapes(side=128))

    assert "going on from step 0 with batches of 2 at 96 px" in "".join(reporter.messages)
    assert [point.step for point in reporter.points] == [1, 2]
    assert result.last.step == 2


def test_fit__begins_with_an_earlier_model(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    run(synthetic.config(max_steps=1), RecordingReporter(), first)
    initial = find_earlier_weights(first / "best.pt", "model first (best)")
    reporter = RecordingReporter()

    result = fit(
        synthetic.config(max_steps=1, class_names=("square", "cross", "disc"), learning_rate=1e-9),
        synthetic.shapes(),
        reporter,
        resume_from=None,
        work_dir=second,
        clock=lambda: 0.0,
        initial_weights=initial,
    )

    assert result.initialised_from == "model first (best)"
    loaded = reporter.starts[0].loaded
    assert loaded is not None
    assert all(name.endswith(" of cross") for name in loaded.not_loaded)
    earlier, new = (load_trained_model(folder / "best.pt").model.state_dict() for folder in (first, second))
    name = "roi_heads.box_predictor.cls_score.bias"
    assert torch.allclose(new[name][[0, 3, 1]], earlier[name], atol=1e-6)
    # BatchNorm goes on learning, as it did in the model before.
    assert not torch.equal(new["backbone.body.bn1.running_mean"], earlier["backbone.body.bn1.running_mean"])
