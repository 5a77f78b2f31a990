"""Training further: a new model that begins with what an earlier model of ours has learned."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torchvision.models.detection import MaskRCNN

from worker import checkpoint
from worker.weights import RANDOM, InitialWeights, LoadedWeights

ROWS_OF_A_LABEL = {  # of the layers that know classes; the background is label 0
    "roi_heads.box_predictor.cls_score": 1,
    "roi_heads.box_predictor.bbox_pred": 4,  # a box has four numbers
    "roi_heads.mask_predictor.mask_fcn_logits": 1,
}


def find_earlier_weights(path: Path, description: str) -> InitialWeights:
    """Make a checkpoint of an earlier model the start of a new one, which holds BatchNorm as the earlier one did.

    Raises:
        InvalidCheckpoint: it cannot be read.
    """
    content = checkpoint.read_checkpoint(path)
    freeze_batch_norm = content.get("freeze_batch_norm", content["initialised_from"] != RANDOM)
    return InitialWeights(path, description, freeze_batch_norm=freeze_batch_norm, is_checkpoint=True)


def load_earlier_model(model: MaskRCNN, class_names: Sequence[str], path: Path) -> LoadedWeights:
    """Load an earlier model into a new one of the same size.

    A class that both have, by name, keeps what was learned about it; one that is new keeps its random start.

    Raises:
        InvalidCheckpoint: the checkpoint cannot be read.
    """
    content = checkpoint.read_checkpoint(path)
    own = model.state_dict()
    known = {name: label for label, name in enumerate(content["config"]["class_names"], start=1)}
    labels = [(0, 0), *((label, known[name]) for label, name in enumerate(class_names, start=1) if name in known)]
    new_classes = [name for name in class_names if name not in known]
    loaded, not_loaded = {}, []
    for name, value in content["model"].items():
        layer = name.rpartition(".")[0]
        if layer in ROWS_OF_A_LABEL:
            loaded[name] = _with_rows(own[name], value, labels, rows=ROWS_OF_A_LABEL[layer])
            not_loaded += [f"{name} of {new}" for new in new_classes]
        elif own[name].shape == value.shape:
            loaded[name] = value
        else:
            not_loaded.append(name)
    model.load_state_dict(loaded, strict=False)
    return LoadedWeights(loaded=tuple(sorted(loaded)), not_loaded=tuple(not_loaded))


def _with_rows(
    new: torch.Tensor, earlier: torch.Tensor, labels: Sequence[tuple[int, int]], *, rows: int
) -> torch.Tensor:
    """A layer's new values with the earlier ones of each pair of labels, new and earlier."""
    filled = new.clone()
    for label, earlier_label in labels:
        filled[label * rows : (label + 1) * rows] = earlier[earlier_label * rows : (earlier_label + 1) * rows]
    return filled
