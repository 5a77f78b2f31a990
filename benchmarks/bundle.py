"""Bundles beside torchvision's eager loop: latency and AP of each speed, start, memory, and many clients at once.

    python -m benchmarks.bundle --minutes 2

A small model is trained by a fresh server, every speed is made, and its bundle downloaded, unpacked and started by its
run.sh, with the packages of this Python.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import psutil
import torch

from app.bundle.runtime.application import predict_path
from app.bundle.runtime.manifest import read_manifest
from app.db.enums import Speed
from app.inference.openvino_session import has_bfloat16
from app.inference.predictor import MIN_SCORE
from benchmarks import _coco_ap, _sets
from benchmarks._server import RunningServer, running_server
from benchmarks.fruits_nuts_training import load_rgb
from tests.services import free_port
from worker.checkpoint import TrainedModel, load_trained_model

SPEEDS = [speed for speed in Speed if speed is not Speed.MEDIUM or has_bfloat16()]
SCORE_THRESHOLD = 0.5
POLL_SECONDS = 0.5
MASK_PROBABILITY = 0.5


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, its bundles by speed, and the images that it was measured on."""

    bundles: dict[Speed, Path]
    speeds: dict[str, dict[str, Any]]
    state: TrainedModel
    folder: Path
    validation: set[str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's running server."""

    client: httpx.Client
    path: str
    process: psutil.Process
    seconds_to_first_answer: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _sets.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=2, help="of training")
    parser.add_argument("--rounds", type=int, default=5, help="over the validation images, for latency")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    arguments = parser.parse_args()
    data = _sets.open_set(arguments)
    if data is None:
        return
    with tempfile.TemporaryDirectory(prefix="maskwright-bundle-") as scratch:
        trained = train_and_download(arguments, data, Path(scratch))
        files = [(data / "images" / name).read_bytes() for name in sorted(trained.validation)]
        with torch.inference_mode():
            compare_latency(trained, files, rounds=arguments.rounds)
            compare_quality(trained)
        for speed, bundle in trained.bundles.items():
            measure_load(speed, bundle, files, arguments.requests, arguments.clients)


def train_and_download(arguments: argparse.Namespace, data: Path, scratch: Path) -> Trained:
    validation = _sets.validation_names(data)
    with running_server() as server:
        project_id = fill_project(server.client, data, validation)
        body = {
            "name": "bench",
            "size": "small",
            "train_minutes": arguments.minutes,
            "stop_minutes": arguments.minutes,
            "image_size": arguments.image_size,
        }
        model_id = checked(server.client.post(f"/api/v1/projects/{project_id}/models", json=body)).json()["id"]
        wait_for(server.client, f"/api/v1/models/{model_id}", until="ready")
        bundles = {speed: download(server, model_id, speed, scratch) for speed in SPEEDS}
        listed = checked(server.client.get(f"/api/v1/models/{model_id}/speeds")).json()["items"]
        return Trained(bundles, {one["speed"]: one for one in listed}, read_state(server, model_id), data, validation)


def fill_project(client: httpx.Client, data: Path, validation: set[str]) -> int:
    project_id: int = checked(client.post("/api/v1/projects", json={"name": "bench"})).json()["id"]
    path = f"/api/v1/projects/{project_id}"
    images = [("files", (image.name, image.read_bytes())) for image in sorted((data / "images").iterdir())]
    items = checked(client.post(f"{path}/images", files=images)).json()["items"]
    labels = {"file": ("instances.json", (data / "instances.json").read_bytes())}
    checked(client.post(f"{path}/labels/import", params={"format": "coco"}, files=labels))
    chosen = [item["id"] for item in items if item["name"] in validation]
    checked(client.put(f"{path}/validation", json={"image_ids": chosen, "validation": True}))
    return project_id


def download(server: RunningServer, model_id: int, speed: Speed, scratch: Path) -> Path:
    """Have the speed made, and unpack its bundle with its modes, as unzip does."""
    checked(server.client.post(f"/api/v1/models/{model_id}/speeds/{speed}"))
    while (state := speed_status(server.client, model_id, speed)) == "making":
        time.sleep(POLL_SECONDS)
    if state != "ready":
        raise SystemExit(f"speed {speed} is {state}")
    started = time.perf_counter()
    content = checked(server.client.get(f"/api/v1/models/{model_id}/bundle", params={"speed": speed.value})).content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        archive.extractall(scratch)
        beside = sum(one.file_size for one in archive.infolist() if not one.filename.endswith(".onnx")) / 1e6
        (scratch / archive.namelist()[0].split("/")[0] / "run.sh").chmod(0o755)
        folder = scratch / archive.namelist()[0].split("/")[0]
    seconds = time.perf_counter() - started
    print(f"{speed}: bundle of {len(content) / 1e6:.0f} MB in {seconds:.1f} s, {beside:.1f} MB beside the model")
    return folder


def speed_status(client: httpx.Client, model_id: int, speed: Speed) -> str:
    items = checked(client.get(f"/api/v1/models/{model_id}/speeds")).json()["items"]
    return next(str(one["status"]) for one in items if one["speed"] == speed)


def read_state(server: RunningServer, model_id: int) -> TrainedModel:
    """The trained weights, from the server's folder."""
    data_dir = Path(server.process.environ()["MASKWRIGHT_DATA_DIR"])
    (state,) = data_dir.glob(f"storage/projects/*/models/{model_id}/best-*/state.pt")
    return load_trained_model(state)


def compare_latency(trained: Trained, files: Sequence[bytes], *, rounds: int) -> None:
    """Each speed over HTTP, from the file to its JSON, in turns with the eager loop from the file to its masks."""
    model = trained.state.model.eval()
    model.roi_heads.score_thresh = SCORE_THRESHOLD
    times: dict[str, list[float]] = {}
    for speed, folder in trained.bundles.items():
        eager_name = f"eager beside {speed}"
        with running_bundle(folder, files[0]) as bundle:
            for _ in range(rounds):
                for file in files:
                    times.setdefault(speed.value, []).append(timed_ms(lambda: predict(bundle, file)))  # noqa: B023
                    times.setdefault(eager_name, []).append(timed_ms(lambda: eager_masks(model, file)))  # noqa: B023
        ours, eager = (float(np.percentile(times[name], 50)) for name in (speed.value, eager_name))
        print(f"{speed}: p50 {ours:.0f} ms over HTTP, eager {eager:.0f} ms: {ours / eager:.2f} of it")
    slow = statistics.median(times[Speed.SLOW])
    for speed in trained.bundles:
        print(f"{speed}: {statistics.median(times[speed.value]) / slow:.2f} of slow's latency")


def eager_masks(model: Any, file: bytes) -> Any:
    """The bare loop: decode, torchvision's own resize, forward and paste."""
    rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    (found,) = model([torch.from_numpy(rgb).permute(2, 0, 1).float() / 255])
    return (found["masks"][:, 0] > MASK_PROBABILITY).numpy()


def compare_quality(trained: Trained) -> None:
    """AP on the validation images: the figures that the server kept for each speed, and eager's by pycocotools."""
    coco = _coco_ap.read_annotations(trained.folder)
    category_of = {category["name"]: category["id"] for category in coco.cats.values()}
    names = trained.state.config.class_names
    model = trained.state.model
    model.roi_heads.score_thresh = MIN_SCORE
    results, image_ids = [], []
    for image in coco.imgs.values():
        if image["file_name"] not in trained.validation:
            continue
        image_ids.append(image["id"])
        rgb = torch.from_numpy(load_rgb(trained.folder / "images" / image["file_name"])).permute(2, 0, 1).float() / 255
        (found,) = model([rgb])
        for label, score, mask in zip(found["labels"], found["scores"], found["masks"][:, 0], strict=True):
            category = category_of[names[int(label) - 1]]
            results.append(_coco_ap.prediction(image["id"], category, float(score), mask.numpy() > MASK_PROBABILITY))
    mean_ap, ap50 = _coco_ap.mask_ap(coco, results, image_ids)
    print(f"eager: mAP {mean_ap:.3f}, AP50 {ap50:.3f} on {len(image_ids)} validation images")
    for speed in trained.bundles:
        kept = trained.speeds[speed.value]
        print(f"{speed}: mAP {kept['map']:.3f}, AP50 {kept['ap50']:.3f}")


def measure_load(speed: Speed, folder: Path, files: Sequence[bytes], requests: int, clients: int) -> None:
    """Many clients at once: each answer must be the one that its image had alone."""
    with running_bundle(folder, files[0]) as bundle:
        wanted = [predict(bundle, file) for file in files]
        before_mb = bundle.process.memory_info().rss / 1e6
        numbers = [number % len(files) for number in range(requests)]
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as callers:
            answers = list(callers.map(lambda number: predict(bundle, files[number]), numbers))
        seconds = time.perf_counter() - started
        wrong = sum(answer != wanted[number] for answer, number in zip(answers, numbers, strict=True))
        after_mb = bundle.process.memory_info().rss / 1e6
        print(
            f"{speed}: first answer {bundle.seconds_to_first_answer:.1f} s after the start; {requests} requests by "
            f"{clients} clients: {requests / seconds:.1f} a second, {wrong} wrong or lost; memory {before_mb:.0f} MB, "
            f"{after_mb:.0f} MB after them"
        )
    if wrong:
        raise SystemExit(1)


@contextmanager
def running_bundle(folder: Path, image: bytes) -> Iterator[Bundle]:
    """Start a bundle's run.sh; it has answered once."""
    port = free_port()
    environment = os.environ | {"MASKWRIGHT_BUNDLE_PYTHON": sys.executable}
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(folder / "run.sh"), "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit(f"{folder} does not start")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600, trust_env=False) as client:
            path = predict_path(read_manifest(folder))
            checked(client.post(path, content=image))
            yield Bundle(client, path, psutil.Process(process.pid), time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def predict(bundle: Bundle, file: bytes) -> bytes:
    return checked(bundle.client.post(bundle.path, content=file)).content


def wait_for(client: httpx.Client, path: str, *, until: str) -> None:
    while (status := checked(client.get(path)).json()["status"]) != until:
        if status in ("failed", "cancelled"):
            raise SystemExit(f"the training is {status}")
        time.sleep(POLL_SECONDS)


def checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise SystemExit(f"{answer.request.method} {answer.url.path}: {answer.status_code} {answer.text}")
    return answer


def timed_ms(call: Any) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
