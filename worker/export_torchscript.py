"""Write a trained model as one TorchScript file, for people who have torch; it needs none of our code.

Source: docs/offline.md, "Other engines". torch.export would be the newer way, and stops at suppression as the newer
ONNX exporter does (docs/decisions/0012-two-graphs.md). `python -m worker.export_torchscript MODEL_ID` makes the file
for a model that was trained before trainings did so.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sqlalchemy import select
from torch import Tensor, nn
from torchvision.models.detection import MaskRCNN

from app.db.engine import session_scope
from app.db.models import Checkpoint, Model
from app.inference.predictor import MIN_SCORE
from app.inference.preprocess import resize_for_model
from app.logging import configure_logging
from app.storage.blobs import get_blob_store
from app.storage.scratch import scratch_folder
from app.training.exports import TORCHSCRIPT_FILE
from app.training.model_files import ModelFileBroken, Owner
from worker.checkpoint import load_stored_model
from worker.export_onnx import Detector, Found, MaskHead, compare_found, compared_count, quiet_export, refuse_mismatch

_logger = logging.getLogger(__name__)


class WholeModel(nn.Module):
    """From an image and the labels' thresholds to the objects at or above them.

    image is float32 (3, H, W), RGB in 0-1 with the model's long side; score_thresholds are float64 (C,), in the order
    of the class names. Boxes (N, 4) in pixels of that image, scores and 1-based labels (N,), best first, and the
    probabilities of their masks (N, 28, 28), each in its box.
    """

    def __init__(self, model: MaskRCNN) -> None:
        super().__init__()
        self.detector = Detector(model)
        self.mask_head = MaskHead(model)

    def forward(self, image: Tensor, score_thresholds: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        boxes, scores, labels, *features = self.detector(image)
        # The background's row has label 0 and score 0.
        kept = torch.where((labels > 0) & (scores >= score_thresholds[labels - 1]))[0]
        boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
        return boxes, scores, labels, self.mask_head(*features, boxes, labels)


def export_torchscript(
    model: MaskRCNN, *, image_size: int, class_count: int, path: Path, sample_images: Sequence[NDArray[np.uint8]]
) -> None:
    """Trace the model and check that what was written answers as it does.

    Args:
        model: In float32, on the CPU and in evaluation mode.
        sample_images: Upright (H, W, 3) images to compare on.
    Raises:
        ExportMismatch: An answer differs.
    """
    whole = WholeModel(model).eval()
    picture = torch.rand(3, image_size, image_size, generator=torch.Generator().manual_seed(0))
    thresholds = torch.full((class_count,), MIN_SCORE, dtype=torch.float64)
    with torch.no_grad(), quiet_export():
        # Checked below: torch's own check compares tensor by tensor on the picture that was traced.
        traced = torch.jit.trace(whole, (picture, thresholds), check_trace=False)  # type: ignore[no-untyped-call]
        traced.save(path)
        written = torch.jit.load(path)  # type: ignore[no-untyped-call]
    for image in sample_images:
        _compare(whole, written, torch.from_numpy(resize_for_model(image, image_size).pixels), thresholds)


def _compare(whole: WholeModel, written: torch.jit.ScriptModule, pixels: Tensor, thresholds: Tensor) -> None:
    """Pair what both find: of predictions that are nearly alike, the last bits decide which comes first."""
    with torch.inference_mode():
        by_torch, by_export = (_found(*model(pixels, thresholds)) for model in (whole, written))
    refuse_mismatch(compare_found(by_torch, by_export), "the TorchScript file")


def _found(boxes: Tensor, scores: Tensor, labels: Tensor, masks: Tensor) -> Found:
    count = compared_count(scores.numpy())
    return Found(boxes.numpy(), scores.numpy(), labels.numpy(), masks[:count].numpy())


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the file for both checkpoints of a model; 1 where it is not trained, or a saved state is broken."""
    parser = argparse.ArgumentParser(prog="python -m worker.export_torchscript", description=__doc__)
    parser.add_argument("model_id", type=int)
    model_id: int = parser.parse_args(arguments).model_id
    configure_logging()
    with session_scope(read_only=True) as session:
        trained = (
            select(Checkpoint, Model).join(Model).where(Model.id == model_id, Checkpoint.export_prefix.is_not(None))
        )
        rows = session.execute(trained).all()
    try:
        for checkpoint, model in rows:
            _add_to(checkpoint, Owner.of(model))
            _logger.info("model %d, checkpoint %s: %s is there", model_id, checkpoint.kind, TORCHSCRIPT_FILE)
    except ModelFileBroken as error:
        _logger.error("%s", error)
        return 1
    if not rows:
        _logger.error("model %d does not exist or is not trained yet", model_id)
    return 0 if rows else 1


def _add_to(checkpoint: Checkpoint, owner: Owner) -> None:
    store = get_blob_store()
    trained = load_stored_model(store, checkpoint.state_key, owner)
    config = trained.config
    with scratch_folder(store) as folder:
        path = folder / TORCHSCRIPT_FILE
        export_torchscript(
            trained.model,
            image_size=config.image_size,
            class_count=len(config.class_names),
            path=path,
            sample_images=[],
        )
        store.put_file(f"{checkpoint.export_prefix}/{TORCHSCRIPT_FILE}", path)


if __name__ == "__main__":
    sys.exit(main())
