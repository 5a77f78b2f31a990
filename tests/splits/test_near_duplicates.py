"""Near-duplicates are found, and stay on one side of the split."""

import io
import random
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from app.splits.draw import draw_validation
from app.splits.near_duplicates import MAX_DISTANCE, group_near_duplicates, images_across
from tests.conftest import Person
from tests.scenes import draw_scene

SCENES = 12
COPIED = {0: "recoded", 3: "resized", 5: "brightened", 8: "all"}


def flipped(value: int, bits: set[int]) -> int:
    """A signed number of 64 bits with some of them turned over."""
    changed = value & (2**64 - 1)
    for bit in bits:
        changed ^= 1 << bit
    return changed - 2**64 if changed >= 2**63 else changed


def grouped_plainly(fingerprints: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Compare each with each."""
    groups = [{image_id} for image_id, value in fingerprints.items() if value]
    for one in fingerprints:
        for other in fingerprints:
            distance = ((fingerprints[one] ^ fingerprints[other]) & (2**64 - 1)).bit_count()
            if distance <= MAX_DISTANCE and fingerprints[one] and fingerprints[other]:
                joined = [group for group in groups if group & {one, other}]
                groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return sorted(tuple(sorted(group)) for group in groups if len(group) > 1)


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 63), max_size=6)), max_size=25),
)
def test_group_near_duplicates__finds_what_comparing_each_with_each_does(
    seeds: list[int], copies: list[tuple[int, set[int]]]
) -> None:
    values = seeds + [flipped(seeds[which % len(seeds)], bits) for which, bits in copies]
    fingerprints = dict(enumerate(values, start=1))
    assert group_near_duplicates(fingerprints) == grouped_plainly(fingerprints)


def test_group_near_duplicates__of_a_crowd_finds_the_same() -> None:
    generator = random.Random(0)  # all alike in a few bits, as from one camera: too many for pairs
    values = [flipped(2**40 + 7, set(generator.sample(range(64), 6))) for _ in range(600)]
    fingerprints = dict(enumerate(values))
    assert group_near_duplicates(fingerprints) == grouped_plainly(fingerprints)


def test_group_near_duplicates__leaves_blank_pictures_and_unlike_ones_alone() -> None:
    generator = random.Random(1)
    unlike = {image_id: generator.getrandbits(63) for image_id in range(2000)}
    assert group_near_duplicates(unlike | {5000: 0, 5001: 0}) == []
    assert group_near_duplicates({}) == []


def test_images_across__are_those_of_one_side_with_a_near_duplicate_on_the_other() -> None:
    assert images_across([(1, 2, 3), (4, 5), (6, 7)], {1, 4, 5}, {3, 6, 7}) == {1}


@given(
    st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=4, max_size=30),
    st.lists(st.sets(st.integers(0, 29), min_size=2, max_size=4), max_size=5),
    st.floats(5, 60),
    st.integers(0, 5),
)
def test_draw_validation__divides_no_group_and_keeps_every_label_in_training(
    label_sets: list[set[str]], groups: list[set[int]], percent: float, seed: int
) -> None:
    labels = dict(enumerate(label_sets))
    apart = [group - set().union(*groups[:place]) for place, group in enumerate(groups)]
    drawn = draw_validation(labels, percent=percent, seed=seed, groups=apart)
    assert {name for image_id in labels.keys() - drawn for name in labels[image_id]} == set().union(*label_sets)
    assert len(drawn) <= max(round(len(labels) * percent / 100), len(labels) // 2, 1)
    wanted = min(max(round(len(labels) * percent / 100), 1), len(labels) - 1)
    divided = [group for group in apart if 0 < len(drawn & group) < len(group & labels.keys())]
    one_by_one = draw_validation(labels, percent=percent, seed=seed)
    assert not divided or drawn == one_by_one
    assert not divided or wanted > 0


def test_draw_validation__still_holds_back_a_share_of_images_that_are_all_alike() -> None:
    labels = {image_id: {"fig"} for image_id in range(20)}
    assert len(draw_validation(labels, percent=20, seed=0, groups=[tuple(range(20))])) == 4
    assert len(draw_validation(labels, percent=20, seed=0, groups=[tuple(range(19))])) == 4


def test_draw_validation__takes_the_exact_share_where_groups_leave_room_for_it() -> None:
    labels = {image_id: {"fig"} for image_id in range(50)}
    groups = [tuple(range(start, start + 3)) for start in range(0, 30, 3)]
    for seed in range(20):
        drawn = draw_validation(labels, percent=20, seed=seed, groups=groups)
        assert len(drawn) == 10
        assert all(len(drawn & set(group)) in (0, 3) for group in groups)


@pytest.fixture
def planted(owner: Person, project_id: int) -> dict[str, int]:
    """A project of scenes, some of which are there again, re-encoded, resized or brightened; ids by name."""
    files = {f"{seed}.jpg": draw_scene(seed).jpeg() for seed in range(SCENES)}
    files |= {f"{seed}-{change}.jpg": copy_of(draw_scene(seed).rgb, change) for seed, change in COPIED.items()}
    form = [("files", (name, data, "image/jpeg")) for name, data in files.items()]
    answer = owner.post(f"/api/v1/projects/{project_id}/images", files=form)
    return {item["name"]: item["id"] for item in answer.json()["items"]}


def copy_of(rgb: NDArray[np.uint8], change: str) -> bytes:
    if change in ("resized", "all"):
        rgb = np.asarray(cv2.resize(rgb, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if change in ("brightened", "all"):
        rgb = np.clip(rgb * 1.08, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=70)
    return file.getvalue()


def label_all(person: Person, project_id: int, image_ids: list[int]) -> None:
    person.post(f"/api/v1/projects/{project_id}/labels", json={"name": "fig"})
    ring = [[2, 2], [90, 2], [90, 80]]
    for image_id in image_ids:
        instance = {"id": f"{image_id:08d}-0000-4000-8000-000000000000", "label": "fig"}
        body = {"items": [{**instance, "polygons": [{"exterior": ring, "holes": []}]}]}
        answer = person.put(f"/api/v1/images/{image_id}/instances", json=body, headers={"If-Match": '"0"'})
        assert answer.status_code == 200, answer.text


def planted_pairs(planted: Mapping[str, int]) -> list[list[int]]:
    return [sorted([planted[f"{seed}.jpg"], planted[f"{seed}-{change}.jpg"]]) for seed, change in COPIED.items()]


def listed(person: Person, project_id: int, **query: Any) -> Any:
    answer = person.get(f"/api/v1/projects/{project_id}/near-duplicates", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids_of(groups: Any) -> list[list[int]]:
    return [[image["id"] for image in group["images"]] for group in groups["items"]]


def test_near_duplicates__are_the_planted_ones_and_no_others(
    planted: dict[str, int], labeler: Person, project_id: int
) -> None:
    groups = listed(labeler, project_id)
    assert sorted(ids_of(groups)) == sorted(planted_pairs(planted))
    assert (groups["total"], groups["groups_across"], groups["images_unknown"]) == (4, 0, 0)
    first = listed(labeler, project_id, limit=3)
    rest = listed(labeler, project_id, limit=3, cursor=first["next_cursor"])
    assert ids_of(first) + ids_of(rest) == ids_of(groups)
    assert rest["next_cursor"] is None


def test_near_duplicates__across_the_split_can_be_listed_alone(
    planted: dict[str, int], labeler: Person, project_id: int
) -> None:
    one = planted["3-resized.jpg"]
    labeler.put(f"/api/v1/projects/{project_id}/validation", json={"image_ids": [one], "validation": True})
    across = listed(labeler, project_id, across=True)
    assert ids_of(across) == [sorted([planted["3.jpg"], one])]
    assert (across["total"], across["groups_across"]) == (1, 1)
    assert listed(labeler, project_id, across=False)["total"] == 3


def test_choose_validation__keeps_planted_duplicates_on_one_side_whatever_the_seed(
    planted: dict[str, int], owner: Person, project_id: int
) -> None:
    label_all(owner, project_id, list(planted.values()))
    pairs = planted_pairs(planted)
    for seed in range(15):
        answer = owner.post(f"/api/v1/projects/{project_id}/validation/choose", json={"percent": 25, "seed": seed})
        assert answer.json()["validation_count"] == 4
        chosen = set(owner.get(f"/api/v1/projects/{project_id}/images/ids?validation=true").json()["items"])
        assert all(len(chosen.intersection(pair)) in (0, 2) for pair in pairs)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_preflight__warns_of_marked_images_with_a_near_duplicate_in_training(
    planted: dict[str, int], owner: Person, project_id: int
) -> None:
    label_all(owner, project_id, list(planted.values()))
    path = f"/api/v1/projects/{project_id}/models/preflight"
    drawn = owner.get(path, params={"use_validation_set": False, "validation_percent": 30}).json()
    assert "near duplicates" not in {warning["kind"] for warning in drawn["warnings"]}
    marked = [planted["0.jpg"], planted["1.jpg"], planted["5.jpg"]]
    owner.put(f"/api/v1/projects/{project_id}/validation", json={"image_ids": marked, "validation": True})
    warnings = owner.get(path).json()["warnings"]
    assert {"kind": "near duplicates", "labels": [], "count": 2, "of": 3} in warnings
