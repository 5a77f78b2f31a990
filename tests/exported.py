"""A model that predicts: random weights, really exported."""

from collections import OrderedDict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from app.db.enums import CheckpointKind, ModelSize
from app.inference.model_meta import ModelMeta
from tests.side_by_side import made_once
from tests.trained import CLASS_NAMES, IMAGE_SIZE
from worker.export_onnx import export_model
from worker.model import IMAGE_MEAN, IMAGE_STD, build_model

STAGE_CHANNELS = [8, 16, 32, 64]
CHANNELS = 16
BOX_FEATURES = 64
LOGIT_SPREAD = 2.0  # standard deviation: scores from a few percent to nearly one


def exported_random_model(tmp_path_factory: pytest.TempPathFactory, *, seed: int) -> Path:
    """A small network whose random answers are spread over all scores, exported once for all tests that ask for it."""
    return made_once(tmp_path_factory, f"random-model-{seed}", lambda directory: _export_random_model(directory, seed))


def random_model(seed: int) -> MaskRCNN:
    """The network that is exported by that seed."""
    torch.manual_seed(seed)
    model = thin_model(ModelSize.SMALL, class_count=len(CLASS_NAMES), image_size=IMAGE_SIZE).eval()
    _spread_scores(model, _picture(seed))
    return model


def thin_model(size: ModelSize, *, class_count: int, image_size: int) -> MaskRCNN:
    """The layout of all sizes with hardly any weights: an answer takes a tenth of the time, a copy next to none."""
    model = build_model(size, class_count=class_count, image_size=image_size)
    stages = OrderedDict[str, nn.Module]()
    for level, (inputs, outputs) in enumerate(pairwise((3, *STAGE_CHANNELS))):
        stride = 4 if level == 0 else 2
        stages[str(level)] = nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1), nn.ReLU())
    names = {level: level for level in stages}
    model.backbone = BackboneWithFPN(nn.Sequential(stages), names, STAGE_CHANNELS, CHANNELS, LastLevelMaxPool())
    model.rpn.head = RPNHead(CHANNELS, model.rpn.anchor_generator.num_anchors_per_location()[0])
    heads = model.roi_heads
    heads.box_head = TwoMLPHead(CHANNELS * 7 * 7, BOX_FEATURES)
    heads.box_predictor = FastRCNNPredictor(BOX_FEATURES, class_count + 1)
    heads.mask_head = MaskRCNNHeads(CHANNELS, (CHANNELS,), 1)
    heads.mask_predictor = MaskRCNNPredictor(CHANNELS, CHANNELS, class_count + 1)
    return model


def _export_random_model(directory: Path, seed: int) -> None:
    meta = ModelMeta(
        class_names=tuple(CLASS_NAMES),
        image_size=IMAGE_SIZE,
        size=ModelSize.SMALL,
        model_name="random",
        checkpoint=CheckpointKind.BEST,
        step=1,
        image_mean=IMAGE_MEAN,
        image_std=IMAGE_STD,
    )
    export_model(random_model(seed), meta=meta, directory=directory, sample_images=[_picture(seed)])


def _picture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 255, (48, IMAGE_SIZE, 3), dtype=np.uint8)


def _spread_scores(model: MaskRCNN, picture: NDArray[np.uint8]) -> None:
    """Scale the class scores: random features differ little from box to box, so all boxes would have one score."""
    classifier = model.roi_heads.box_predictor.cls_score
    seen: list[torch.Tensor] = []
    hook = classifier.register_forward_hook(lambda _module, _inputs, logits: seen.append(logits))
    with torch.no_grad():
        model([torch.from_numpy(picture).permute(2, 0, 1).float() / 255])
        hook.remove()
        scale = LOGIT_SPREAD / seen[0].std(dim=0)
        classifier.bias.copy_((classifier.bias - seen[0].mean(dim=0)) * scale)
        classifier.weight *= scale[:, None]
