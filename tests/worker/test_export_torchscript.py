"""The TorchScript file answers as the network that it was made of."""

from pathlib import Path

import pytest
import torch

from app.inference.preprocess import resize_for_model
from tests.inference.conftest import CLASS_NAMES, IMAGE_SIZE, random_image, random_model
from tests.trained import store_trained_model
from tests.worker.test_export_onnx import DriftsWhenCalled
from worker.export_onnx import ExportMismatch, quiet_export
from worker.export_torchscript import export_torchscript, main

SAMPLES = [random_image(seed=1, height=70, width=90)]
THRESHOLDS = torch.tensor([0.3, 0.2, 0.4], dtype=torch.float64)  # of fig, nut, kiwi


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> torch.jit.ScriptModule:
    """The file of tests/inference's model, as somebody loads it who has torch alone."""
    path = tmp_path_factory.mktemp("torchscript") / "model.pt"
    export_torchscript(
        random_model(seed=2), image_size=IMAGE_SIZE, class_count=len(CLASS_NAMES), path=path, sample_images=SAMPLES
    )
    with quiet_export():
        return torch.jit.load(path)


def test_export_torchscript__finds_what_torchvision_finds(written: torch.jit.ScriptModule) -> None:
    pixels = torch.from_numpy(resize_for_model(random_image(seed=7, height=40, width=IMAGE_SIZE), IMAGE_SIZE).pixels)

    with torch.inference_mode():
        boxes, scores, labels, masks = written(pixels, THRESHOLDS)
        (wanted,) = random_model(seed=2)([pixels])
    kept = wanted["scores"] >= THRESHOLDS[wanted["labels"] - 1]

    assert kept.sum() > 5
    torch.testing.assert_close(labels, wanted["labels"][kept])
    torch.testing.assert_close(scores, wanted["scores"][kept], rtol=0, atol=1e-5)
    torch.testing.assert_close(boxes, wanted["boxes"][kept], rtol=0, atol=0.01)
    assert masks.shape == (len(boxes), 28, 28)


def test_export_torchscript__nothing_above_the_thresholds(written: torch.jit.ScriptModule) -> None:
    with torch.inference_mode():
        boxes, _, _, masks = written(torch.rand(3, 33, IMAGE_SIZE), torch.full((3,), 2.0).double())

    assert boxes.shape == (0, 4)
    assert masks.shape == (0, 28, 28)


def test_export_torchscript__a_model_that_answers_otherwise_is_refused(tmp_path: Path) -> None:
    model = random_model(seed=2)
    model.roi_heads.mask_predictor.register_forward_hook(DriftsWhenCalled(3.0))

    with pytest.raises(ExportMismatch, match="TorchScript"):
        export_torchscript(
            model, image_size=IMAGE_SIZE, class_count=3, path=tmp_path / "model.pt", sample_images=SAMPLES
        )


def test_export_torchscript__predictions_that_are_alike_may_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = random_model(seed=2)
    for parameter in model.roi_heads.box_predictor.cls_score.parameters():
        torch.nn.init.zeros_(parameter)  # one score for all, as nearly in a network that has learned little
    load = torch.jit.load
    monkeypatch.setattr(torch.jit, "load", lambda path: FindsBackwards(load(path)))

    export_torchscript(model, image_size=IMAGE_SIZE, class_count=3, path=tmp_path / "model.pt", sample_images=SAMPLES)


class FindsBackwards:
    """A model's predictions in the opposite order."""

    def __init__(self, model: torch.jit.ScriptModule) -> None:
        self._model = model

    def __call__(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(found.flip(0) for found in self._model(*inputs))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_main__says_whose_saved_state_is_gone(
    project_id: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.export_torchscript.configure_logging", lambda: None)
    model_id = store_trained_model(project_id)
    assert main([str(model_id)]) == 1
    assert "model 'm': its saved state is missing" in caplog.text
