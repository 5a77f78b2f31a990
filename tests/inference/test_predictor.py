"""The exported model against torch, and what must not change its answer."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection import MaskRCNN

from app.inference.errors import InvalidModel
from app.inference.openvino_session import OpenVinoSession
from app.inference.prediction import Prediction
from app.inference.predictor import MAX_PREDICTIONS, MIN_SCORE, Predictor
from app.inference.preprocess import resize_for_model
from app.inference.session import Session
from tests.inference.conftest import CLASS_NAMES, IMAGE_SIZE, meta_of, random_image, random_model
from worker.export_onnx import export_model

ALL = dict.fromkeys(CLASS_NAMES, MIN_SCORE)


def same(first: Prediction, second: Prediction) -> bool:
    return (
        (first.class_name, first.score, first.box_xyxy) == (second.class_name, second.score, second.box_xyxy)
        and first.mask.shape == second.mask.shape
        and bool((first.mask == second.mask).all())
    )


def assert_same(first: list[Prediction], second: list[Prediction]) -> None:
    assert len(first) == len(second) > 0
    assert all(same(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("height,width", [(96, 96), (72, 96), (96, 50), (33, 96), (96, 5)])
def test_session__answers_as_torchvision_does(torch_model: MaskRCNN, session: Session, height: int, width: int) -> None:
    pixels = resize_for_model(random_image(seed=1, height=height, width=width), IMAGE_SIZE).pixels
    with torch.inference_mode():
        images, _ = torch_model.transform([torch.from_numpy(pixels)])
        features = torch_model.backbone(images.tensors)
        proposals, _ = torch_model.rpn(images, features)
        (truth,), _ = torch_model.roi_heads(features, proposals, images.image_sizes)

    found = session.detect(pixels)
    masks = session.mask_probabilities(found, np.arange(len(found.scores)))

    assert len(found.scores) > 5
    np.testing.assert_array_equal(found.labels, truth["labels"].numpy())
    np.testing.assert_allclose(found.scores, truth["scores"].numpy(), atol=1e-4)
    np.testing.assert_allclose(found.boxes_xyxy, truth["boxes"].numpy(), atol=1e-2)
    np.testing.assert_allclose(masks, truth["masks"][:, 0].numpy(), atol=1e-3)


def test_session__a_mask_does_not_depend_on_its_company(session: Session) -> None:
    found = session.detect(resize_for_model(random_image(seed=2, height=96, width=96), IMAGE_SIZE).pixels)
    everyone = session.mask_probabilities(found, np.arange(len(found.scores)))

    assert len(everyone) > 5
    for row in (0, 3, len(everyone) - 1):
        np.testing.assert_array_equal(session.mask_probabilities(found, np.array([row]))[0], everyone[row])
    assert session.mask_probabilities(found, np.array([], dtype=np.intp)).shape == (0, 28, 28)


@pytest.mark.parametrize("height,width", [(1, 1), (1, 300), (300, 1), (2, 3), (150, 200), (700, 500)])
def test_predictor__images_of_any_size(predictor: Predictor, height: int, width: int) -> None:
    predictions = predictor.predict(random_image(seed=3, height=height, width=width), score_thresholds=ALL)

    assert len(predictions) <= MAX_PREDICTIONS
    scores = [prediction.score for prediction in predictions]
    assert scores == sorted(scores, reverse=True)
    for prediction in predictions:
        x0, y0, x1, y1 = prediction.box_xyxy
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert prediction.mask.shape == (y1 - y0, x1 - x0)
        assert prediction.mask.any()
        assert prediction.score >= MIN_SCORE


def test_predictor__thresholds_before_the_mask_head_are_as_after(predictor: Predictor) -> None:
    image = random_image(seed=4, height=120, width=160)
    everything = list(predictor.predict_all(image))
    fig, nut, kiwi = (
        sorted(prediction.score for prediction in everything if prediction.class_name == name) for name in CLASS_NAMES
    )
    # A threshold that is a score keeps it; kiwi has none, so 0.5 holds.
    thresholds = {"fig": fig[len(fig) // 2], "nut": nut[0]}

    predictions = predictor.predict(image, score_thresholds=thresholds)

    expected = [p for p in everything if p.score >= thresholds.get(p.class_name, 0.5)]
    assert_same(predictions, expected)
    assert thresholds["fig"] in [prediction.score for prediction in predictions if prediction.class_name == "fig"]
    assert min(kiwi) < 0.5
    assert 0 < len(predictions) < len(everything)


def test_predictor__threads_and_copies_give_the_same(exported: Path, predictor: Predictor) -> None:
    image = random_image(seed=5, height=120, width=160)
    expected = predictor.predict(image, score_thresholds=ALL)

    for threads in (1, 3):
        assert_same(Predictor.load(exported, threads=threads).predict(image, score_thresholds=ALL), expected)


def test_predictor__the_same_whatever_runs_beside_it(predictor: Predictor) -> None:
    images = [random_image(seed=seed, height=90 + 20 * seed, width=130) for seed in range(4)]
    expected = [predictor.predict(image, score_thresholds=ALL) for image in images]
    answers: dict[tuple[int, int], list[Prediction]] = {}

    def ask(thread: int) -> None:
        for turn in range(4):
            index = (thread + turn) % len(images)
            answers[thread, index] = predictor.predict(images[index], score_thresholds=ALL)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 24
    for (_, index), answer in answers.items():
        assert_same(answer, expected[index])


def test_predictor__nothing_found(tmp_path: Path) -> None:
    model = random_model(seed=2)
    with torch.no_grad():
        model.roi_heads.box_predictor.cls_score.bias[0] += 1000  # everything is background
    export_model(model, meta=meta_of(model), directory=tmp_path, sample_images=[])
    empty = Predictor.load(tmp_path)

    for seed in range(3):
        assert list(empty.predict_all(random_image(seed=seed, height=50 + seed, width=64))) == []


def test_predictor__at_most_a_thousand(tmp_path: Path) -> None:
    model = random_model(seed=2)
    model.roi_heads.nms_thresh = 1.0  # nothing suppresses anything
    model.rpn.nms_thresh = 1.0
    model.rpn._pre_nms_top_n["testing"] = model.rpn._post_nms_top_n["testing"] = 600
    export_model(model, meta=meta_of(model), directory=tmp_path, sample_images=[])

    session = OpenVinoSession.load(tmp_path, threads=None)
    found = session.detect(resize_for_model(random_image(seed=6, height=96, width=96), IMAGE_SIZE).pixels)

    assert len(found.scores) == MAX_PREDICTIONS
    assert (found.labels > 0).all()


def test_predictor__a_damaged_folder_is_refused(damaged: tuple[Path, str]) -> None:
    folder, name = damaged
    with pytest.raises(InvalidModel, match=name):
        Predictor.load(folder)


def test_inference__imports_no_runtime_and_no_torch_before_a_model_is_loaded(exported: Path) -> None:
    script = """
import sys
from pathlib import Path
from app.inference import cache, decode, postprocess, predictor
early = {"torch", "openvino", "onnx", "onnxruntime"} & sys.modules.keys()
predictor.Predictor.load(Path(sys.argv[1]))
late = {"torch", "torchvision", "worker"} & sys.modules.keys()
sys.exit(f"early {early}, late {late}" if early or late else 0)
"""
    result = subprocess.run([sys.executable, "-c", script, str(exported)], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_inference__loading_a_model_reports_to_nobody(exported: Path, tmp_path: Path) -> None:
    script = """
import socket, sys
from pathlib import Path
from app.inference.predictor import Predictor
attempts = []
def refuse(*arguments, **named):
    attempts.append(arguments)
    raise OSError
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
Predictor.load(Path(sys.argv[1]))
sys.exit(f"telemetry was imported, {attempts}" if attempts or sys.modules.get("openvino_telemetry") else 0)
"""
    environment = {**os.environ, "HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", script, str(exported)], capture_output=True, text=True, check=False, env=environment
    )

    assert result.returncode == 0, result.stderr
    assert list(tmp_path.iterdir()) == []  # nor was an identifier left in the user's home
