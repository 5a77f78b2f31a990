"""The Mask R-CNN networks behind the three model sizes."""

import torch
from torch import nn
from torchvision.models import resnet18, resnet50
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNConvFCHead, FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import RPNHead
from torchvision.models.resnet import ResNet
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from app.db.enums import ModelSize
from worker.anchor_matching import match_in_pieces
from worker.roi_align import RoIAlignPyramid

Answer = torch.Tensor | list["Answer"] | tuple["Answer", ...]

IMAGE_MEAN = (0.485, 0.456, 0.406)  # ImageNet's, which every weight file of torchvision was trained with
IMAGE_STD = (0.229, 0.224, 0.225)
MIN_SCORE = 0.001  # contract.md: predictions below are never kept
MAX_PREDICTIONS = 1000  # contract.md: at most this many an image

ASPECT_RATIOS = (0.5, 1.0, 2.0)
SMALL_CHANNELS = 128  # half of torchvision's: the mask head is most of a step's time, and costs a quarter at this width
SMALL_BOX_FEATURES = 512


def build_model(size: ModelSize, *, class_count: int, image_size: int) -> MaskRCNN:
    """Build the network of a size with random weights and trainable BatchNorm.

    The model takes images that already have `image_size` as their long side; label 0 is the background.

    Args:
        class_count: Number of classes without the background.
        image_size: Long side in pixels that images are resized to.
    """
    match size:
        case ModelSize.SMALL:
            model = _small(class_count, image_size)
        case ModelSize.MEDIUM:
            model = _medium(class_count, image_size)
        case ModelSize.LARGE:
            model = _large(class_count, image_size)
    # In bfloat16 a box at pixel 200 would be off by up to half a pixel, so what the heads answer goes on in float32.
    for head in (model.rpn.head, model.roi_heads.box_predictor, model.roi_heads.mask_predictor):
        head.register_forward_hook(_answer_in_float32)
    match_in_pieces(model.rpn)
    return model


def _small(class_count: int, image_size: int) -> MaskRCNN:
    channels = SMALL_CHANNELS
    anchors = _anchors(_small_anchor_sizes(image_size))
    return MaskRCNN(
        _resnet_fpn(resnet18(weights=None), channels),
        rpn_anchor_generator=anchors,
        rpn_head=RPNHead(channels, anchors.num_anchors_per_location()[0]),
        box_head=TwoMLPHead(channels * 7 * 7, SMALL_BOX_FEATURES),
        box_predictor=FastRCNNPredictor(SMALL_BOX_FEATURES, class_count + 1),
        mask_head=MaskRCNNHeads(channels, (channels,) * 4, 1),
        mask_predictor=MaskRCNNPredictor(channels, channels, class_count + 1),
        rpn_pre_nms_top_n_train=1000,
        rpn_pre_nms_top_n_test=500,
        rpn_post_nms_top_n_train=300,
        rpn_post_nms_top_n_test=300,
        box_batch_size_per_image=128,
        **_shared_arguments(image_size),
    )


def _medium(class_count: int, image_size: int) -> MaskRCNN:
    """The layout of torchvision's `maskrcnn_resnet50_fpn`, so that its COCO weights fit."""
    return MaskRCNN(
        _resnet_fpn(resnet50(weights=None), 256),
        num_classes=class_count + 1,
        **_shared_arguments(image_size),
    )


def _large(class_count: int, image_size: int) -> MaskRCNN:
    """The layout of torchvision's `maskrcnn_resnet50_fpn_v2`, so that its COCO weights fit."""
    channels = 256
    backbone = _resnet_fpn(resnet50(weights=None), channels, norm_layer=nn.BatchNorm2d)
    anchors = _anchors((32, 64, 128, 256, 512))
    return MaskRCNN(
        backbone,
        num_classes=class_count + 1,
        rpn_anchor_generator=anchors,
        rpn_head=RPNHead(channels, anchors.num_anchors_per_location()[0], conv_depth=2),
        box_head=FastRCNNConvFCHead((channels, 7, 7), [channels] * 4, [1024], norm_layer=nn.BatchNorm2d),
        mask_head=MaskRCNNHeads(channels, [channels] * 4, 1, norm_layer=nn.BatchNorm2d),
        **_shared_arguments(image_size),
    )


def _shared_arguments(image_size: int) -> dict[str, object]:
    return {
        "min_size": image_size,
        "max_size": image_size,
        "image_mean": list(IMAGE_MEAN),
        "image_std": list(IMAGE_STD),
        "box_score_thresh": MIN_SCORE,
        "box_detections_per_img": MAX_PREDICTIONS,
        "box_roi_pool": RoIAlignPyramid(featmap_names=["0", "1", "2", "3"], output_size=7, sampling_ratio=2),
        "mask_roi_pool": RoIAlignPyramid(featmap_names=["0", "1", "2", "3"], output_size=14, sampling_ratio=2),
        "_skip_resize": True,  # images come at training size; resizing masks again would blur small instances away
    }


def _resnet_fpn(resnet: ResNet, channels: int, *, norm_layer: type[nn.Module] | None = None) -> BackboneWithFPN:
    narrowest = resnet.inplanes // 8  # width of the first stage; each later stage doubles it
    return BackboneWithFPN(
        resnet,
        {"layer1": "0", "layer2": "1", "layer3": "2", "layer4": "3"},
        [narrowest, narrowest * 2, narrowest * 4, narrowest * 8],
        channels,
        extra_blocks=LastLevelMaxPool(),
        norm_layer=norm_layer,
    )


def _small_anchor_sizes(image_size: int) -> tuple[int, ...]:
    """Anchor sides per feature level: from a small object to one that fills the image."""
    if image_size <= 384:
        return (16, 32, 64, 128, 256)
    return (24, 48, 96, 192, 384) if image_size <= 768 else (32, 64, 128, 256, 512)


def _anchors(sizes: tuple[int, ...]) -> AnchorGenerator:
    return AnchorGenerator(tuple((size,) for size in sizes), (ASPECT_RATIOS,) * len(sizes))


def _answer_in_float32(_head: nn.Module, _inputs: object, answer: Answer) -> Answer:
    if isinstance(answer, torch.Tensor):
        return answer.float()
    return type(answer)(_answer_in_float32(_head, _inputs, part) for part in answer)
