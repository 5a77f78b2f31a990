"""The pictures and objects that `benchmarks.editor` opens."""

import io
import json
import math
import random
import uuid
import zipfile
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np

from app.masks.instance import Instance, Polygon, instance_to_json
from app.masks.rle import encode_crop

LABELS = ("leaf", "pebble", "cone")
POINTS = 50
BITMAP_SIDE = 300
IMAGE_TIMEOUT_SECONDS = 120
Ring = list[tuple[float, float]]


def rings_over(width: int, height: int, count: int) -> list[Ring]:
    """Uneven rings of 50 points side by side all over a picture."""
    chance = random.Random(5)
    columns = math.ceil(math.sqrt(count * width / height))
    rows = math.ceil(count / columns)
    radius = 0.45 * min(width / columns, height / rows)
    rings = []
    for number in range(count):
        x, y = (number % columns + 0.5) * width / columns, (number // columns + 0.5) * height / rows
        turns = [2 * math.pi * point / POINTS for point in range(POINTS)]
        reaches = [radius * chance.uniform(0.8, 1.0) for _ in turns]
        rings.append(
            [
                (round(x + reach * math.cos(turn), 2), round(y + reach * math.sin(turn), 2))
                for reach, turn in zip(reaches, turns, strict=True)
            ]
        )
    return rings


def polygons_of(rings: list[Ring]) -> list[Instance]:
    return [
        Instance(str(uuid.uuid4()), LABELS[number % len(LABELS)], polygons=(Polygon(tuple(ring)),))
        for number, ring in enumerate(rings)
    ]


def bitmaps_over(width: int, height: int, count: int) -> list[Instance]:
    """Blobs of 300×300 with uneven borders, over each other."""
    random_numbers = np.random.default_rng(5)
    instances = []
    for number in range(count):
        coarse = random_numbers.normal(0, 0.25, (12, 12)).astype(np.float32)
        down, right = np.mgrid[-1 : 1 : BITMAP_SIDE * 1j, -1 : 1 : BITMAP_SIDE * 1j]
        crop = np.hypot(down, right) + cv2.resize(coarse, (BITMAP_SIDE, BITMAP_SIDE)) < 0.8
        left = int(random_numbers.integers(0, width - BITMAP_SIDE))
        top = int(random_numbers.integers(0, height - BITMAP_SIDE))
        rle = encode_crop(crop, left=left, top=top, size=(height, width))
        instances.append(Instance(str(uuid.uuid4()), LABELS[number % len(LABELS)], rle=rle))
    return instances


def make_project(
    client: httpx.Client, name: str, width: int, height: int, instances: list[Instance]
) -> tuple[int, int]:
    """A project with one picture that is so labeled; gives its id and the image's."""
    project_id = _answer(client.post("/api/v1/projects", json={"name": name}))["id"]
    for label in LABELS:
        _answer(client.post(f"/api/v1/projects/{project_id}/labels", json={"name": label}))
    picture = ("scene.jpg", make_jpeg(width, height), "image/jpeg")
    taken = _answer(
        client.post(f"/api/v1/projects/{project_id}/images", files={"files": picture}, timeout=IMAGE_TIMEOUT_SECONDS)
    )
    image_id = taken["items"][0]["id"]
    path = f"/api/v1/images/{image_id}/instances"
    tag = client.get(path).headers["ETag"]
    items = [instance_to_json(instance) for instance in instances]
    _answer(client.put(path, json={"items": items}, headers={"If-Match": tag}))
    return project_id, image_id


def import_set(client: httpx.Client, folder: Path) -> tuple[int, int]:
    """A project with a COCO set's images and labels; gives its id and the first image's."""
    coco = json.loads((folder / "instances.json").read_text())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for image in coco["images"]:
            file.write(folder / "images" / image["file_name"], image["file_name"])
    project_id = _answer(client.post("/api/v1/projects", json={"name": folder.name}))["id"]
    project = f"/api/v1/projects/{project_id}"
    _answer(client.post(f"{project}/images", files={"files": ("set.zip", archive.getvalue())}))
    labels = {"file": ("instances.json", json.dumps(coco).encode())}
    _answer(client.post(f"{project}/labels/import", params={"format": "coco"}, files=labels))
    images = _answer(client.get(f"{project}/images", params={"sort": "name"}))["items"]
    return project_id, images[0]["id"]


def make_jpeg(width: int, height: int) -> bytes:
    """Soft colours with a camera's noise."""
    random_numbers = np.random.default_rng(5)
    coarse = random_numbers.normal(120, 30, (height // 50, width // 50, 3)).astype(np.float32)
    ground = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    ground += random_numbers.normal(0, 6, (height, width, 1)).astype(np.float32)
    return cv2.imencode(".jpg", ground.clip(0, 255).astype(np.uint8))[1].tobytes()


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.is_error:
        raise SystemExit(f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}")
    answer: dict[str, Any] = response.json()
    return answer
