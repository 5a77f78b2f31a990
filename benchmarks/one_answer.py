"""One answer everywhere: images by statistics, REST, batch, draft labels and bundle, compared object by object.

    python -m benchmarks.one_answer --images 50 --minutes 1

A fresh server trains a small model on generated scenes and predicts each image by every way, at every speed that this
CPU has. Labels and masks must be equal to the pixel, scores to the last digit that a way gives. It ends with 1 where
anything differs.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.db.enums import Speed, Split
from benchmarks import _demo_set
from benchmarks._server import running_server
from benchmarks.bundle import SPEEDS, checked, download, fill_project, running_bundle, wait_for

MODEL = "bench"
IMAGE_SIZE = 192
VALIDATION_EACH = 3  # every third image
LOWEST_COMPARED_SCORE = 0.05  # what batches keep; statistics keep lower ones, too

Found = dict[str, list[tuple[str, float, str]]]  # label, score 0-1 and run lengths of each object, by image


@dataclass(frozen=True, slots=True)
class Asked:
    """A trained model, and the images that it is asked about."""

    client: httpx.Client
    project_id: int
    model_id: int
    files: Mapping[str, bytes]
    image_ids: Mapping[str, int]
    label_names: Mapping[int, str]

    def get(self, path: str, **query: str | float) -> Any:
        return checked(self.client.get(path, params=query)).json()

    def post(self, path: str, body: object, **query: str) -> Any:
        return checked(self.client.post(path, json=body, params=query)).json()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=1, help="of training")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="maskwright-one-answer-") as scratch, running_server() as server:
        data = Path(scratch) / "scenes"
        _demo_set.write_set(data, images=arguments.images)
        asked = train(server.client, data, minutes=arguments.minutes)
        differing = 0
        for speed in SPEEDS:
            bundle = download(server, asked.model_id, speed, Path(scratch))
            differing += compare(asked, speed, lambda folder=bundle: by_bundle(asked, folder))
    if differing:
        raise SystemExit(1)


def train(client: httpx.Client, data: Path, *, minutes: float) -> Asked:
    """Train on the images, then take their labels away, so that nothing found is labeled already."""
    files = {path.name: path.read_bytes() for path in sorted((data / "images").iterdir())}
    project_id = fill_project(client, data, set(list(files)[::VALIDATION_EACH]))
    body = {
        "name": MODEL,
        "size": "small",
        "train_minutes": minutes,
        "stop_minutes": minutes,
        "image_size": IMAGE_SIZE,
    }
    model_id = checked(client.post(f"/api/v1/projects/{project_id}/models", json=body)).json()["id"]
    wait_for(client, f"/api/v1/models/{model_id}", until="ready")
    listed = checked(client.get(f"/api/v1/projects/{project_id}/images?limit=1000")).json()["items"]
    for image in listed:
        path = f"/api/v1/images/{image['id']}/instances"
        checked(client.put(path, json={"items": []}, headers={"If-Match": "*"}))
    labels = checked(client.get(f"/api/v1/projects/{project_id}/labels")).json()["items"]
    return Asked(
        client=client,
        project_id=project_id,
        model_id=model_id,
        files=files,
        image_ids={image["name"]: image["id"] for image in listed},
        label_names={label["id"]: label["name"] for label in labels},
    )


def compare(asked: Asked, speed: Speed, bundled: Callable[[], Found]) -> int:
    """Print how many objects each way finds, and how many of them differ from the statistics'; their sum."""
    thresholds = asked.get(f"/api/v1/models/{asked.model_id}/thresholds", speed=speed.value)["values"]
    stored = by_statistics(asked, speed)
    batch, drafts = by_batch(asked, speed)
    kept = {name: [one for one in found if one[1] >= thresholds.get(one[0], 1.0)] for name, found in stored.items()}
    ways = {
        "batch, from 0.05 on": (batch, at_least(stored, LOWEST_COMPARED_SCORE)),
        "draft labels": (drafts, kept),
        "REST": (by_rest(asked, speed), in_tenths(kept)),
        "bundle": (bundled(), in_tenths(kept)),
    }
    print(f"{speed}: statistics: {count(stored)} objects, {count(kept)} of them at the thresholds {thresholds}")
    total = 0
    for way, (found, expected) in ways.items():
        differing = sum(len(set(found.get(name, [])) ^ set(expected.get(name, []))) for name in asked.files)
        print(f"{speed}: {way}: {count(found)} objects on {len(asked.files)} images, {differing} differ")
        total += differing + abs(count(found) - count(expected))
    return total


def by_statistics(asked: Asked, speed: Speed) -> Found:
    """What was stored at the end of the training, or when the speed was made."""
    names = {image_id: name for name, image_id in asked.image_ids.items()}
    found: Found = {}
    for split in Split:
        path = f"/api/v1/models/{asked.model_id}/predictions/download"
        for one in asked.get(path, split=split.value, speed=speed.value, format="coco"):
            label = asked.label_names[one["category_id"]]
            row = (label, one["score"], one["segmentation"]["counts"])
            found.setdefault(names[one["image_id"]], []).append(row)
    return found


def by_batch(asked: Asked, speed: Speed) -> tuple[Found, Found]:
    """What a worker finds, and the draft labels that it makes of that."""
    path = f"/api/v1/models/{asked.model_id}/predict-project"
    batch_id = asked.post(path, {"make_drafts": {"min_score": None}}, speed=speed.value)["id"]
    wait_for(asked.client, f"/api/v1/batches/{batch_id}", until="ready")
    found, drafts = {}, {}
    for position in range(1, len(asked.files) + 1):
        image = asked.get(f"/api/v1/batches/{batch_id}/images/{position}", mask="rle", min_score=LOWEST_COMPARED_SCORE)
        found[image["name"]] = rows(image["predictions"])
        drafts[image["name"]] = rows(asked.get(f"/api/v1/images/{image['image_id']}/drafts")["items"])
    return found, drafts


def by_rest(asked: Asked, speed: Speed) -> Found:
    path = f"/api/predict/{asked.project_id}/{MODEL}"
    return posted(asked.client, path, asked.files, speed=speed.value)


def by_bundle(asked: Asked, folder: Path) -> Found:
    with running_bundle(folder, next(iter(asked.files.values()))) as bundle:
        return posted(bundle.client, bundle.path, asked.files)


def posted(client: httpx.Client, path: str, files: Mapping[str, bytes], **query: str) -> Found:
    """What a server answers to each file; its scores are percent with one decimal."""
    query["mask"] = "rle"
    headers = {"Content-Type": "application/octet-stream"}
    answers = {
        name: checked(client.post(path, content=file, params=query, headers=headers)).json()
        for name, file in files.items()
    }
    return {name: rows(answer) for name, answer in answers.items()}


def rows(objects: list[dict[str, Any]]) -> list[tuple[str, float, str]]:
    return [(one["label"], one["score"], one["rle"]["counts"]) for one in objects]


def at_least(found: Found, score: float) -> Found:
    return {name: [one for one in some if one[1] >= score] for name, some in found.items()}


def in_tenths(found: Found) -> Found:
    """With scores as /api/predict gives them."""
    return {
        name: [(label, round(score * 100, 1), counts) for label, score, counts in some] for name, some in found.items()
    }


def count(found: Found) -> int:
    return sum(map(len, found.values()))


if __name__ == "__main__":
    main()
