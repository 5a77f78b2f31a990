import gzip
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.enums import Split
from app.masks.instance import Instance, Polygon, Rle
from app.training.snapshot import (
    InvalidSnapshot,
    Snapshot,
    SnapshotImage,
    TrainingConfig,
    from_json_bytes,
    to_json_bytes,
)

UUID = "3f8a2c1e-5b4d-4f6a-9c7e-1d2b3a4c5e6f"
LABELED = {"id": UUID, "label": "fig", "rle": {"size": [2, 3], "counts": "222"}}
IMAGE = {
    "image_id": 7, "name": "a.jpg", "storage_key": "k", "width": 3, "height": 2, "split": "training",
    "instances": [LABELED],
}  # fmt: skip
coordinates = st.floats(-1e6, 1e6)
rings = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6).map(tuple)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple))
outlined = st.builds(
    Instance,
    instance_id=st.uuids().map(str),
    class_name=st.sampled_from(["fig", "Haselnuß"]),
    polygons=st.lists(polygons, min_size=1, max_size=2).map(tuple),
    crowd=st.booleans(),
    source=st.sampled_from(["manual", "import", "model:first"]),
)
bitmaps = st.builds(Instance, instance_id=st.just(UUID), class_name=st.just("fig"), rle=st.just(Rle((2, 3), "222")))


@given(st.lists(outlined | bitmaps, max_size=4).map(tuple), st.sampled_from(Split))
def test_from_json_bytes__gives_back_what_was_written(instances: tuple[Instance, ...], split: Split) -> None:
    image = SnapshotImage(7, "träy/1.jpg", "projects/1/images/x.jpg", 640, 480, split, instances)
    snapshot = Snapshot(1, ("fig", "Haselnuß"), (image,))
    assert from_json_bytes(to_json_bytes(snapshot)) == snapshot
    assert snapshot.of_split(split) == (image,)


def test_to_json_bytes__gives_the_same_bytes_again() -> None:
    snapshot = Snapshot(1, ("fig",), ())
    assert to_json_bytes(snapshot) == to_json_bytes(snapshot)


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_from_json_bytes__refuses_a_damaged_file(cut: int) -> None:
    with pytest.raises(InvalidSnapshot, match="damaged"):
        from_json_bytes(to_json_bytes(Snapshot(1, ("fig",), ()))[:cut])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": None}, "images: Input should be a valid list"),
        ({"class_names": ["fig", 3]}, "class_names.1: Input should be a valid string"),
        ({"project_id": "1"}, "project_id: Input should be a valid integer"),
        ({"images": [{}]}, "images.0.image_id: Field required"),
        ({"images": [{**IMAGE, "width": 0}]}, "images.0.width"),
        ({"images": [{**IMAGE, "split": "test"}]}, "images.0.split"),
        ({"images": [{**IMAGE, "storage_key": "../secret_key"}]}, "images.0.storage_key"),
        ({"images": [{**IMAGE, "instances": [3]}]}, "image 'a.jpg' (7): an instance must be an object"),
        ({"images": [{**IMAGE, "instances": [LABELED | {"label": "nut"}]}]}, "label 'nut' is none of the snapshot's"),
    ],
)
def test_from_json_bytes__refuses_another_shape(change: dict[str, Any], words: str) -> None:
    document = {"format_version": 1, "project_id": 1, "class_names": ["fig"], "images": [IMAGE]} | change
    with pytest.raises(InvalidSnapshot, match=f"damaged.*{re.escape(words)}"):
        from_json_bytes(gzip.compress(json.dumps(document).encode()))


@pytest.mark.parametrize("document", [None, [], {}, "text", {"format_version": 1}])
def test_from_json_bytes__refuses_another_document(document: object) -> None:
    with pytest.raises(InvalidSnapshot, match="damaged"):
        from_json_bytes(gzip.compress(json.dumps(document).encode()))


def test_from_json_bytes__refuses_another_version() -> None:
    document = json.loads(gzip.decompress(to_json_bytes(Snapshot(1, ("fig",), ()))))
    newer = gzip.compress(json.dumps({**document, "format_version": 2}).encode())
    with pytest.raises(InvalidSnapshot, match="version 2"):
        from_json_bytes(newer)


def test_from_json_bytes__names_the_image_of_a_damaged_instance() -> None:
    image = SnapshotImage(7, "träy/1.jpg", "k", 3, 2, Split.TRAINING, (Instance(UUID, "fig", rle=Rle((2, 3), "222")),))
    document = json.loads(gzip.decompress(to_json_bytes(Snapshot(1, ("fig",), (image,)))))
    document["images"][0]["instances"][0]["id"] = "seven"
    with pytest.raises(InvalidSnapshot, match=r"image 'träy/1\.jpg' \(7\): instance id 'seven' is no UUID"):
        from_json_bytes(gzip.compress(json.dumps(document).encode()))


def test_training_config__gives_back_what_was_written() -> None:
    config = TrainingConfig(256, 5.0, 2.5, True, 20.0, None, 0, None)
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
