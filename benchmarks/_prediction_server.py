"""The parts of benchmarks/prediction.py that go through a server: what a program that calls it sees."""

import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import httpx
import numpy as np

from app.db.engine import session_scope
from app.db.enums import CheckpointKind
from app.db.models import Model, Project
from app.inference.decode import decode_image
from app.inference.postprocess import MaskFormat, predictions_to_json
from app.inference.predictor import Predictor
from app.inference.preprocess import resize_for_model
from app.storage.blobs import get_blob_store
from app.training.snapshot import Snapshot, SnapshotImage, to_json_bytes
from benchmarks._server import RunningServer, running_server
from tests.trained import store_trained_model
from worker.dataset import TrainingData

MODEL = "benchmark"
SPEEDS = ("slow", "medium", "fast")
MAX_PIXELS = 150_000_000
SCORE_THRESHOLD = 0.5
CLIENTS = 16
LONG_RUN_CLIENTS = 2
TENTHS = 10
LEAST_SIDE = 0.3  # of a crop, as a part of its image's
POLL_SECONDS = 0.5


def measure_server(
    export: Path,
    data: TrainingData,
    class_names: tuple[str, ...],
    files: Sequence[bytes],
    eager: Callable[[bytes], object],
    *,
    rounds: int,
    seconds: float,
) -> None:
    """Print the figures of a server that has this exported model.

    Args:
        data: What the speeds are made and judged on.
        files: JPEGs that are sent; each has its place in `data.images`.
        eager: The rival, from a JPEG's bytes to masks.
        rounds: How often each file is sent at each speed.
        seconds: How long many clients send at once.
    """

    def fill() -> None:
        _store(export, data, class_names, files)

    with running_server("serve", prepare=fill) as server:
        print(f"first prediction of a server that never ran: {_timed(lambda: _post(server, files[0])) / 1000:.2f} s")
        elapsed_ms = _timed(lambda: _post(server, files[0], last=True))
        print(f"switch to a model that is not loaded, its graphs on disk: {elapsed_ms / 1000:.2f} s")
        speeds = _made_speeds(server)
        _compare_latency(server, files, eager, _graphs_alone(export, files), speeds, rounds=rounds)
        _crowd(server, export, files, seconds=seconds)


def measure_long_run(
    export: Path, data: TrainingData, class_names: tuple[str, ...], files: Sequence[bytes], *, requests: int
) -> None:
    """Print what a server holds in memory while it answers so many requests, each with an image of another shape."""

    def fill() -> None:
        _store(export, data, class_names, files)

    with running_server("serve", prepare=fill) as server, ThreadPoolExecutor(LONG_RUN_CLIENTS) as clients:
        for file in files:
            _post(server, file)
        print(f"{requests} requests by {LONG_RUN_CLIENTS} clients; warm: {server.memory_mb():.0f} MB resident")
        memory: list[float] = []
        objects = 0
        for tenth in range(TENTHS):
            turns = range(requests * tenth // TENTHS, requests * (tenth + 1) // TENTHS)
            objects += sum(clients.map(lambda turn: len(_post(server, _crop(files[turn % len(files)], turn))), turns))
            memory.append(server.memory_mb())
            print(f"  after {turns.stop}: {memory[-1]:.0f} MB", flush=True)
        print(
            f"growth from the second tenth to the last: {memory[-1] - memory[1]:+.0f} MB "
            f"({memory[-1] / memory[1] - 1:+.1%}), {objects / requests:.1f} objects an answer"
        )


def _crop(file: bytes, seed: int) -> bytes:
    """A part of a JPEG, of another size and shape for each seed."""
    rgb = decode_image(file, max_pixels=MAX_PIXELS)
    parts = np.random.default_rng(seed).uniform(LEAST_SIDE, 1, 2)
    height, width = int(rgb.shape[0] * parts[0]), int(rgb.shape[1] * parts[1])
    return cv2.imencode(".jpg", cv2.cvtColor(rgb[:height, :width], cv2.COLOR_RGB2BGR))[1].tobytes()


def _store(export: Path, data: TrainingData, class_names: tuple[str, ...], files: Sequence[bytes]) -> None:
    """A project with a model whose snapshot has the data's images."""
    with session_scope() as session:
        project = Project(name="benchmark")
        session.add(project)
        session.flush()
        project_id = project.id
    model_id = store_trained_model(
        project_id,
        name=MODEL,
        exports=dict.fromkeys(CheckpointKind, export),
        class_names=list(class_names),
        optimized=dict.fromkeys(class_names, SCORE_THRESHOLD),
    )
    images = []
    for image, file in zip(data.images, files, strict=True):
        key = f"projects/{project_id}/images/{image.image_id}"
        get_blob_store().put_bytes(key, file)
        name = f"{image.image_id}.jpg"
        # COCO counts annotations; ours have UUIDs.
        instances = tuple(replace(one, instance_id=str(UUID(int=int(one.instance_id)))) for one in image.instances)
        images.append(SnapshotImage(image.image_id, name, key, image.width, image.height, image.split, instances))
    with session_scope() as session:
        model = session.get_one(Model, model_id)
        model.snapshot_key = f"projects/{project_id}/models/{model_id}/snapshot"
        get_blob_store().put_bytes(model.snapshot_key, to_json_bytes(Snapshot(project_id, class_names, tuple(images))))


def _post(server: RunningServer, file: bytes, *, speed: str = "slow", last: bool = False) -> Any:
    path = f"/api/predict/1/{MODEL}{'/last' if last else ''}?speed={speed}&min_score={SCORE_THRESHOLD * 100}"
    return _answer(server.client, path, file)


def _answer(client: httpx.Client, path: str, file: bytes) -> Any:
    answer = client.post(path, content=file, headers={"Content-Type": "image/jpeg"})
    answer.raise_for_status()
    return answer.json()


def _made_speeds(server: RunningServer) -> list[str]:
    """The speeds that this machine has, each made, with what they are worth."""
    possible = []
    for speed in SPEEDS[1:]:
        started = time.perf_counter()
        if server.client.post(f"/api/v1/models/1/speeds/{speed}").status_code == 409:
            print(f"{speed}: this CPU has not what it takes")
            continue
        while (shown := _speed(server, speed))["status"] == "making":
            time.sleep(POLL_SECONDS)
        if shown["status"] != "ready":
            raise SystemExit(f"{speed}: {shown['error']}")
        print(f"{speed}: made in {time.perf_counter() - started:.0f} s, best and last")
        possible.append(speed)
    for speed in ("slow", *possible):
        shown = _speed(server, speed)
        print(
            f"{speed}: mAP {shown['map']:.3f}, AP50 {shown['ap50']:.3f} on the validation images, "
            f"{shown['relative_latency']:.2f} of slow's latency by the server's own measure"
        )
    return ["slow", *possible]


def _speed(server: RunningServer, speed: str) -> dict[str, Any]:
    items = server.client.get("/api/v1/models/1/speeds").json()["items"]
    return next(item for item in items if item["speed"] == speed)


def _compare_latency(
    server: RunningServer,
    files: Sequence[bytes],
    eager: Callable[[bytes], object],
    graphs: Callable[[bytes], object],
    speeds: Sequence[str],
    *,
    rounds: int,
) -> None:
    times: dict[str, list[float]] = {name: [] for name in (*speeds, "eager", "graphs")}
    for number in range(rounds + 1):
        for file in files:
            measured = {speed: _timed(lambda: _post(server, file, speed=speed)) for speed in speeds}  # noqa: B023
            measured["eager"] = _timed(lambda: eager(file))  # noqa: B023
            measured["graphs"] = _timed(lambda: graphs(file))  # noqa: B023
            if number:  # the first round loads and warms
                for name, elapsed_ms in measured.items():
                    times[name].append(elapsed_ms)
    print("a POST of a JPEG to the answer with polygons, beside torchvision's eager forward and paste:")
    medians = {name: statistics.median(one) for name, one in times.items()}
    for name, one in times.items():
        p50, p95 = statistics.median(one), statistics.quantiles(one, n=20)[-1]
        rival50, rival95 = statistics.median(times["eager"]), statistics.quantiles(times["eager"], n=20)[-1]
        print(f"  {name}: p50 {p50:.0f} ms ({p50 / rival50:.2f}), p95 {p95:.0f} ms ({p95 / rival95:.2f})")
    print(f"the server's own share of slow, all but the graphs: {1 - medians['graphs'] / medians['slow']:.0%}")


def _graphs_alone(export: Path, files: Sequence[bytes]) -> Callable[[bytes], object]:
    """The two graphs in float32 in this process, with nothing around them."""
    predictor = Predictor.load(export)
    session, image_size = predictor._session, predictor.meta.image_size
    pixels = {file: resize_for_model(decode_image(file, max_pixels=MAX_PIXELS), image_size).pixels for file in files}

    def run(file: bytes) -> object:
        found = session.detect(pixels[file])
        return session.mask_probabilities(found, np.flatnonzero(found.scores >= SCORE_THRESHOLD))

    return run


def _crowd(server: RunningServer, export: Path, files: Sequence[bytes], *, seconds: float) -> None:
    """Many clients at once: how many answers a second, whether each has its own image's, and the memory."""
    expected = [json.dumps(_post(server, file)) for file in files]
    bare = _bare_throughput(export, files, seconds=seconds / 4)
    path = f"/api/predict/1/{MODEL}?min_score={SCORE_THRESHOLD * 100}"
    turns, memory = itertools.count(), [server.memory_mb()]
    ends, lock, wrong = time.monotonic() + seconds, threading.Lock(), 0

    def send() -> int:
        nonlocal wrong
        answered = 0
        with httpx.Client(
            base_url=server.client.base_url, headers=server.client.headers, timeout=600, trust_env=False
        ) as client:
            while time.monotonic() < ends:
                turn = next(turns) % len(files)
                if json.dumps(_answer(client, path, files[turn])) != expected[turn]:
                    with lock:
                        wrong += 1
                answered += 1
        return answered

    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        sending = [pool.submit(send) for _ in range(CLIENTS)]
        time.sleep(seconds / 2)
        memory.append(server.memory_mb())
        answered = sum(one.result() for one in sending)
    rate = answered / (time.monotonic() - started)
    memory.append(server.memory_mb())
    print(
        f"{CLIENTS} clients for {seconds:.0f} s: {rate:.1f} answers a second, {rate / bare:.2f} of the bare runtime's "
        f"{bare:.1f}; {answered} answers, {wrong} of another image; "
        f"server's memory before, halfway, after: {', '.join(f'{one:.0f}' for one in memory)} MB"
    )
    if wrong:
        raise SystemExit("answers were mixed up")


def _bare_throughput(export: Path, files: Sequence[bytes], *, seconds: float) -> float:
    """Images a second of a loop in this process, from bytes to the answer's text."""
    predictor = Predictor.load(export)
    thresholds = dict.fromkeys(predictor.meta.class_names, SCORE_THRESHOLD)
    done, ends = 0, time.monotonic() + seconds
    started = time.monotonic()
    while time.monotonic() < ends:
        rgb = decode_image(files[done % len(files)], max_pixels=MAX_PIXELS)
        found = predictor.predict(rgb, score_thresholds=thresholds)
        height, width = rgb.shape[:2]
        json.dumps(predictions_to_json(found, mask=MaskFormat.POLYGONS, height=height, width=width))
        done += 1
    return done / (time.monotonic() - started)


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
