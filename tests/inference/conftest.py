"""A small network with random weights, as torch's and exported: its answers are spread over all scores."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.models.detection import MaskRCNN

from app.db.enums import ModelSize
from app.inference.model_meta import ModelMeta
from app.inference.openvino_session import OpenVinoSession
from app.inference.predictor import Predictor
from app.inference.session import Session
from worker.export_onnx import export_model
from worker.model import IMAGE_MEAN, IMAGE_STD, build_model

CLASS_NAMES = ("fig", "nut", "kiwi")
IMAGE_SIZE = 96


def random_model(*, seed: int) -> MaskRCNN:
    torch.manual_seed(seed)
    model = build_model(ModelSize.SMALL, class_count=len(CLASS_NAMES), image_size=IMAGE_SIZE).eval()
    with torch.no_grad():
        model.roi_heads.box_predictor.cls_score.weight *= 4  # or the scores of a class would be all alike
    model.rpn._post_nms_top_n["testing"] = 40  # about a hundred predictions an image are plenty
    return model


def random_image(*, seed: int, height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def meta_of(model: MaskRCNN) -> ModelMeta:
    return ModelMeta(
        class_names=CLASS_NAMES,
        image_size=IMAGE_SIZE,
        size=ModelSize.SMALL,
        model_name="random",
        checkpoint="best",
        step=1,
        image_mean=IMAGE_MEAN,
        image_std=IMAGE_STD,
    )


@pytest.fixture(scope="session")
def torch_model() -> MaskRCNN:
    return random_model(seed=2)


@pytest.fixture(scope="session")
def exported(torch_model: MaskRCNN, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("exported")
    export_model(torch_model, meta=meta_of(torch_model), directory=directory, sample_images=[])
    return directory


@pytest.fixture(params=itertools.product(("detector.onnx", "mask_head.onnx"), (None, b"", b"no graph")), ids=str)
def damaged(request: pytest.FixtureRequest, exported: Path, tmp_path: Path) -> tuple[Path, str]:
    """The exported model with a graph that is missing, empty or no graph, and that file's name."""
    name, content = request.param
    for path in exported.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
        elif content is not None:
            (tmp_path / path.name).write_bytes(content)
    return tmp_path, name


@pytest.fixture(scope="session")
def session(exported: Path) -> Session:
    return OpenVinoSession.load(exported, threads=1)


@pytest.fixture(scope="session")
def predictor(exported: Path) -> Predictor:
    return Predictor.load(exported)
