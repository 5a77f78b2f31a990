"""The plain f32 training loop: the rival that `worker.fit` has to beat at equal time.

ResNet-18 + FPN as torchvision builds it, random weights, AdamW 1e-3, cosine over the elapsed fraction of the time,
batch 2, both flips and brightness; images are decoded and resized at each step. Evaluations are not counted.

    python -m benchmarks.plain_loop --set fruits_nuts --minutes 5 --seed 0
"""

import argparse
import math
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pycocotools.coco import COCO
from torch import nn
from torchvision.models import resnet18
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from benchmarks import _coco_ap, _sets

WARM_UP_STEPS = 20


def main() -> None:
    arguments = parse_arguments()
    data = _sets.open_set(arguments)
    if data is None:
        return
    clock = time.perf_counter
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
        torch.set_num_threads(1)
        clock = time.process_time
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    coco = _coco_ap.read_annotations(data)
    validation_names = _sets.validation_names(data)
    images = sorted(coco.imgs.values(), key=lambda image: image["file_name"])
    training = [image for image in images if image["file_name"] not in validation_names]
    validation = [image for image in images if image["file_name"] in validation_names]
    most_objects = max(len(coco.imgToAnns[image["id"]]) for image in training)
    model = plain_model(len(coco.cats), arguments.image_size, most_objects=most_objects)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)

    budget = arguments.minutes * 60
    elapsed, step, next_evaluation, queue = 0.0, 0, arguments.every, []
    while elapsed < budget:
        started = clock()
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * elapsed / budget))
        if len(queue) < 2:
            queue += rng.sample(training, len(training))
        samples = [load_sample(coco, data, queue.pop(0), arguments.image_size, rng) for _ in range(2)]
        model.train()
        losses = model([image for image, _ in samples], [target for _, target in samples])
        optimizer.zero_grad()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        step += 1
        elapsed += clock() - started
        if elapsed >= next_evaluation or elapsed >= budget:
            next_evaluation += arguments.every
            ap, ap50 = evaluate(model, coco, data, validation, arguments.image_size)
            print(
                f"plain seed {arguments.seed} step {step} elapsed_s {elapsed:.0f} ap {ap:.3f} ap50 {ap50:.3f}",
                flush=True,
            )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _sets.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--every", type=float, default=30, help="seconds of training between evaluations")
    parser.add_argument("--core", type=int, help="train on this core alone and count its seconds, on a busy machine")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def plain_model(class_count: int, image_size: int, *, most_objects: int) -> MaskRCNN:
    backbone = BackboneWithFPN(
        resnet18(weights=None),
        {f"layer{level + 1}": str(level) for level in range(4)},
        [64, 128, 256, 512],
        256,
        extra_blocks=LastLevelMaxPool(),
    )
    anchors = AnchorGenerator(((16,), (32,), (64,), (128,), (256,)), ((0.5, 1.0, 2.0),) * 5)
    return MaskRCNN(
        backbone,
        class_count + 1,
        min_size=image_size,
        max_size=image_size,
        rpn_anchor_generator=anchors,
        rpn_post_nms_top_n_train=300,
        rpn_post_nms_top_n_test=max(150, 2 * most_objects),
        box_detections_per_img=max(100, 2 * most_objects),  # or crowded images would be cut
    )


def load_sample(
    coco: COCO, data: Path, image: dict, image_size: int, rng: random.Random
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    pixels = load_image(data, image, image_size)
    height, width = pixels.shape[1:]
    masks, labels = [], []
    for annotation in coco.imgToAnns[image["id"]]:
        mask = Image.fromarray(coco.annToMask(annotation)).resize((width, height), Image.Resampling.NEAREST)
        if np.any(mask):  # the smallest objects of a crowded set vanish
            masks.append(np.asarray(mask))
            labels.append(annotation["category_id"])
    stacked = torch.from_numpy(np.stack(masks))
    pixels = pixels * rng.uniform(0.8, 1.2)
    if rng.random() < 0.5:
        pixels, stacked = pixels.flip(-1), stacked.flip(-1)
    if rng.random() < 0.5:
        pixels, stacked = pixels.flip(-2), stacked.flip(-2)
    boxes = torch.stack([box_of(mask) for mask in stacked])
    return pixels.clamp(0, 1), {"boxes": boxes, "labels": torch.tensor(labels), "masks": stacked}


def load_image(data: Path, image: dict, image_size: int) -> torch.Tensor:
    with Image.open(data / "images" / image["file_name"]) as file:
        scale = image_size / max(file.size)
        small = file.convert("RGB").resize((round(file.width * scale), round(file.height * scale)))
    return torch.from_numpy(np.array(small)).permute(2, 0, 1).float() / 255


def box_of(mask: torch.Tensor) -> torch.Tensor:
    rows, columns = torch.nonzero(mask, as_tuple=True)
    corners = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return torch.stack(corners).float()


def evaluate(model: MaskRCNN, coco: COCO, data: Path, images: list[dict], image_size: int) -> tuple[float, float]:
    model.eval()
    found = []
    for image in images:
        with torch.inference_mode():
            (prediction,) = model([load_image(data, image, image_size)])
        for label, score, mask in zip(*(prediction[key] for key in ("labels", "scores", "masks")), strict=True):
            pixels = Image.fromarray((mask[0].numpy() * 255).astype(np.uint8)).resize((image["width"], image["height"]))
            found.append(_coco_ap.prediction(image["id"], int(label), float(score), np.asarray(pixels) >= 128))
    return _coco_ap.mask_ap(coco, found, [image["id"] for image in images])


if __name__ == "__main__":
    main()
