"""What a claim gives a training to do: its settings, and its labeled images out of storage."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.inference.decode import decode_image
from app.settings import Settings
from app.storage.blobs import BlobStore
from app.training.lifecycle import Claim
from app.training.snapshot import Snapshot, SnapshotImage
from worker.dataset import TrainingData, TrainingImage
from worker.failures import ImageGone
from worker.train_config import TrainConfig

LoadImage = Callable[[SnapshotImage], NDArray[np.uint8]]


def train_config(claim: Claim, settings: Settings) -> TrainConfig:
    return TrainConfig(
        size=claim.size,
        class_names=claim.class_names,
        image_size=claim.config.image_size,
        train_minutes=claim.config.train_minutes,
        stop_minutes=claim.config.stop_minutes,
        learning_rate=claim.config.learning_rate,
        seed=claim.config.seed,
        max_steps=claim.config.max_steps,
        device=settings.device,
    )


def training_data(frozen: Snapshot, load_image: LoadImage) -> TrainingData:
    return TrainingData(
        tuple(
            TrainingImage(
                image_id=image.image_id,
                load_rgb=partial(load_image, image),
                width=image.width,
                height=image.height,
                instances=image.instances,
                split=image.split,
            )
            for image in frozen.images
        )
    )


def image_loader(store: BlobStore, settings: Settings) -> LoadImage:
    """How the pixels of an image come out of storage; ImageGone where it was deleted meanwhile."""

    def load(image: SnapshotImage) -> NDArray[np.uint8]:
        try:
            data = store.read_bytes(image.storage_key)
        except FileNotFoundError as error:
            raise ImageGone(
                f"The image {image.name} was deleted while the training needed it, which goes on without it."
            ) from error
        return decode_image(data, max_pixels=settings.max_image_pixels)

    return load
