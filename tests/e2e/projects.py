"""Projects for the browser to work in, made over the REST API, and what the server has stored of them."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from app.cli.demo_scenes import Scene
from app.db.enums import ModelStatus
from app.masks.instance import Instance, instance_from_json, instance_to_json
from app.masks.polygons import mask_to_polygons

OUTLINE_TOLERANCE_PX = 1.0
TRAIN_SECONDS = 120  # without any news


def make_project(api: httpx.Client, name: str) -> int:
    return int(_answer(api.post("/api/v1/projects", json={"name": name}))["id"])


def upload_scenes(api: httpx.Client, project_id: int, scenes: Mapping[str, Scene]) -> list[int]:
    """Upload scenes under these file names; gives the images' ids."""
    files = [("files", (name, scene.jpeg(), "image/jpeg")) for name, scene in scenes.items()]
    answer = _answer(api.post(f"/api/v1/projects/{project_id}/images", files=files))
    assert answer["refused"] == [], answer
    return [item["id"] for item in answer["items"]]


def add_label(api: httpx.Client, project_id: int, name: str) -> None:
    _answer(api.post(f"/api/v1/projects/{project_id}/labels", json={"name": name}))


def import_labels(api: httpx.Client, project_id: int, scenes: Mapping[str, Scene]) -> int:
    """Label the images of these names with what is seen in their scenes; gives the number of objects."""
    files = {"file": ("labels.json", label_document(scenes), "application/json")}
    answer = _answer(api.post(f"/api/v1/projects/{project_id}/labels/import", files=files))
    assert (answer["images_matched"], answer["problems"]) == (len(scenes), []), answer
    return int(answer["instances_imported"])


def label_document(scenes: Mapping[str, Scene]) -> str:
    """What is seen in scenes of these file names, in our own label format."""
    return json.dumps(
        {
            "format": "maskwright",
            "version": 1,
            "labels": [],
            "images": [_image(*item) for item in scenes.items()],
        }
    )


def stored_instances(api: httpx.Client, image_id: int) -> list[Instance]:
    return [instance_from_json(item) for item in _answer(api.get(f"/api/v1/images/{image_id}/instances"))["items"]]


def train(api: httpx.Client, project_id: int, **config: object) -> int:
    """Train a model until it is ready; gives its id."""
    model = _answer(api.post(f"/api/v1/projects/{project_id}/models", json=config))
    with api.stream("GET", f"/api/v1/models/{model['id']}/events", timeout=TRAIN_SECONDS) as events:
        events.read()  # they end with the training
    status = _answer(api.get(f"/api/v1/models/{model['id']}"))["status"]
    assert status == ModelStatus.READY, status
    return int(model["id"])


def _image(name: str, scene: Scene) -> dict[str, Any]:
    height, width = scene.rgb.shape[:2]
    instances = [
        Instance(
            instance_id=str(uuid.uuid4()),
            class_name=thing.class_name,
            polygons=tuple(mask_to_polygons(thing.mask, tolerance_px=OUTLINE_TOLERANCE_PX)),
        )
        for thing in scene.objects
    ]
    return {"name": name, "width": width, "height": height, "instances": [instance_to_json(item) for item in instances]}


def _answer(response: httpx.Response) -> dict[str, Any]:
    assert response.is_success, f"{response.request.method} {response.url}: {response.status_code} {response.text}"
    answer: dict[str, Any] = response.json()
    return answer
