"""An exported model is compared with torch, and one that differs is refused."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from app.inference.model_meta import read_meta
from tests.inference.conftest import IMAGE_SIZE, meta_of, random_image, random_model
from worker.export_onnx import ExportMismatch, export_model

SAMPLES = [random_image(seed=seed, height=height, width=90) for seed, height in enumerate((70, 96, 20))]


def test_export_model__reports_what_it_compared(tmp_path: Path) -> None:
    model = random_model(seed=2)
    before = {name: value.clone() for name, value in model.state_dict().items()}

    report = export_model(model, meta=meta_of(model), directory=tmp_path / "new", sample_images=SAMPLES)

    comparison = report.meta.torch_comparison
    assert comparison is not None
    assert comparison.images == 3
    assert comparison.predictions > 20
    assert comparison.unpaired == 0
    assert 0 < comparison.score_difference < 1e-4
    assert comparison.box_difference_px < 0.01
    assert comparison.mask_mean_difference < 1e-5
    assert read_meta(tmp_path / "new") == report.meta
    assert report.meta.library_versions["torch"] == torch.__version__.partition("+")[0]
    assert report.size_bytes == sum(path.stat().st_size for path in (tmp_path / "new").iterdir())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_export_model__a_first_image_that_was_flat_does_no_harm(tmp_path: Path) -> None:
    model = random_model(seed=2)
    with torch.inference_mode():
        model([torch.rand(3, 5, IMAGE_SIZE)])  # from it alone torchvision infers its levels' scales wrongly

    flat_first = export_model(model, meta=meta_of(model), directory=tmp_path / "a", sample_images=SAMPLES)
    fresh = export_model(random_model(seed=2), meta=meta_of(model), directory=tmp_path / "b", sample_images=SAMPLES)

    assert flat_first.meta == fresh.meta


@pytest.mark.parametrize("part,shift", [("box_predictor", 3.0), ("mask_predictor", 3.0)])
def test_export_model__a_model_that_answers_otherwise_is_refused(tmp_path: Path, part: str, shift: float) -> None:
    model = random_model(seed=2)
    getattr(model.roi_heads, part).register_forward_hook(DriftsWhenCalled(shift))

    with pytest.raises(ExportMismatch, match="differs from the trained one on 3 images"):
        export_model(model, meta=meta_of(model), directory=tmp_path, sample_images=SAMPLES)

    assert not (tmp_path / "model.json").exists()


class DriftsWhenCalled:
    """Adds a number that grows with each call: a graph holds the one of its tracing."""

    def __init__(self, shift: float) -> None:
        self._shift = shift
        self._calls = 0

    def __call__(self, _module: nn.Module, _inputs: Any, answer: Any) -> Any:
        self._calls += 1
        return self._shifted(answer)

    def _shifted(self, answer: Any) -> Any:
        if isinstance(answer, Tensor):
            return answer + self._shift * self._calls * torch.linspace(-1, 1, answer.shape[1]).view(
                1, -1, *[1] * (answer.dim() - 2)
            )
        return tuple(self._shifted(part) for part in answer)
