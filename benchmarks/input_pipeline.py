"""How many training samples a second one core makes at 800 pixels, with every augmentation on.

    python -m benchmarks.input_pipeline

The rival is torchvision.transforms.v2 with the same operations on the same images, which both have decoded in memory.
Seconds are the thread's own, so that what else runs on the machine does not count.
"""

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision import tv_tensors
from torchvision.ops import masks_to_boxes
from torchvision.transforms import v2

from app.db.enums import Split
from app.inference.decode import decode_image
from app.masks.instance import Instance
from app.masks.rle import encode_mask
from worker.dataset import PreparedImage, TrainingImage
from worker.prepared_images import PreparedImages
from worker.samples import SampleStream
from worker.transforms import Augmentation

LONG_SIDE, SHORT_SIDE = 800, 600
SOURCE_SCALE = 2  # the photograph is larger than what is trained on
IMAGES, OBJECTS = 24, 8
SAMPLES = 40
GOAL_IMAGES_S = 40
EVERYTHING = Augmentation(
    turn_share=0.5,
    tilt_share=0.5,
    min_scale=0.8,
    max_scale=1.25,
    brightness=0.2,
    contrast=0.2,
    saturation=0.3,
    hue_degrees=8.0,
    tint=0.1,
    paste_share=0.5,
)


def main() -> None:
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    sources = [photograph(seed) for seed in range(IMAGES)]
    images = PreparedImages(sources, ["thing"], image_size=LONG_SIDE, memory_bytes=2**31)
    first_s = seconds_each(lambda index: images[index], IMAGES)
    ours = SampleStream(images, EVERYTHING, seed=0, batch_size=1, threads=0)
    theirs = TorchvisionPipeline([images[index] for index in range(IMAGES)])
    ours_s, theirs_s = (seconds_each(make, SAMPLES) for make in (lambda place: ours.batch(place), theirs.sample))
    print(f"{OBJECTS} objects an image, {LONG_SIDE} x {SHORT_SIDE}, one core, median of {SAMPLES} samples")
    print(f"ours               {1 / ours_s:6.1f} images/s  {1000 * ours_s:5.1f} ms  (goal {GOAL_IMAGES_S} images/s)")
    print(
        f"torchvision v2     {1 / theirs_s:6.1f} images/s  {1000 * theirs_s:5.1f} ms  ours take {ours_s / theirs_s:.2f}"
    )
    print(f"at first, to decode {SOURCE_SCALE * LONG_SIDE} px and shrink the masks: {1000 * first_s:.1f} ms more")


def seconds_each(make: Callable[[int], object], count: int) -> float:
    times = []
    for number in range(count):
        started = time.thread_time()
        make(number)
        times.append(time.thread_time() - started)
    return float(np.median(times))


def photograph(seed: int) -> TrainingImage:
    """A JPEG with discs and their masks."""
    rng = np.random.default_rng(seed)
    height, width = SHORT_SIDE * SOURCE_SCALE, LONG_SIDE * SOURCE_SCALE
    rgb = cv2.resize(rng.integers(0, 256, (height // 8, width // 8, 3)).astype(np.uint8), (width, height))
    instances = []
    for number in range(OBJECTS):
        mask = np.zeros((height, width), dtype=np.uint8)
        axes = rng.integers(50, 150, 2).tolist()
        centre = (int(rng.integers(150, width - 150)), int(rng.integers(150, height - 150)))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        rgb[mask > 0] = rng.integers(0, 256, 3)
        instances.append(Instance(f"{seed}-{number}", "thing", rle=encode_mask(mask.astype(bool))))
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    load = partial(decode_image, jpeg.tobytes(), max_pixels=10**8)
    return TrainingImage(seed, load, width, height, tuple(instances), Split.TRAINING)


class TorchvisionPipeline:
    """The same with torchvision's transforms and whole masks."""

    def __init__(self, images: list[PreparedImage]) -> None:
        torch.manual_seed(0)
        self._images = [
            (
                tv_tensors.Image(torch.from_numpy(image.rgb).permute(2, 0, 1).contiguous()),
                tv_tensors.Mask(torch.from_numpy(whole_masks(image))),
            )
            for image in images
        ]
        some = EVERYTHING
        self._move = v2.Compose(
            [
                v2.RandomHorizontalFlip(),
                v2.RandomVerticalFlip(),
                v2.RandomApply([v2.RandomRotation((90, 90), expand=True)], p=some.turn_share),
                v2.RandomAffine(
                    degrees=some.max_tilt_degrees,
                    scale=(some.min_scale, some.max_scale),
                    translate=(0.1, 0.1),
                    interpolation=v2.InterpolationMode.BILINEAR,
                ),
            ]
        )
        self._light = v2.ColorJitter(some.brightness, some.contrast, some.saturation, some.hue_degrees / 360)

    def sample(self, number: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        image, masks = self._move(*self._images[number % IMAGES])
        if torch.rand(()) < EVERYTHING.paste_share:
            donor, donor_masks = self._move(*self._images[int(torch.randint(IMAGES, ()))])
            chosen = donor_masks[torch.randperm(len(donor_masks))[: EVERYTHING.max_pasted]]
            if donor.shape == image.shape:
                above = chosen.bool().any(dim=0)
                image = tv_tensors.Image(torch.where(above, donor, image))
                masks = torch.cat([masks * ~above, chosen])
        masks = masks[masks.bool().flatten(1).any(dim=1)]
        return self._light(image), {"boxes": masks_to_boxes(masks), "masks": masks}


def whole_masks(image: PreparedImage) -> NDArray[np.uint8]:
    masks = np.zeros((len(image.masks), *image.rgb.shape[:2]), dtype=np.uint8)
    for mask, crop in zip(masks, image.masks, strict=True):
        x0, y0, x1, y1 = crop.box_xyxy
        mask[y0:y1, x0:x1] = crop.mask
    return masks


if __name__ == "__main__":
    main()
