"""Findings of a model, and what is done about them."""

from typing import Any

import pytest

from tests.conftest import Person
from tests.statistics.conftest import scene, scene_model
from tests.statistics.scene import (
    FIG,
    FIRST_FOUND,
    FIRST_TRUTH,
    NUT,
    OTHER_NUT,
    SECOND_TRUTH,
    THIRD_FIG,
    Scene,
    Square,
    judged,
)

__all__ = ["scene", "scene_model"]  # fixtures

LOOSE = (Square("nut", 13, 10, 20, 0.95),)  # three pixels beside the object: IoU 17 / 23


def findings(person: Person, model: str, **query: Any) -> list[dict[str, Any]]:
    answer = person.get(f"{model}/findings", params={"decided": False, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def decision(finding: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
    return {
        "finding": finding["key"],
        "kind": finding["kind"],
        "image_id": finding["image_id"],
        "action": action,
        **more,
    }


def counts(person: Person, model: str) -> dict[str, int]:
    found: dict[str, int] = person.get(f"{model}/fixes").json()["counts"]
    return found


def accept(person: Person, finding: dict[str, Any]) -> int:
    """Save the prediction as an object, as the editor does; the revision that this led to."""
    path = f"/api/v1/images/{finding['image_id']}/instances"
    tag = person.get(path).headers["ETag"]
    instance = {
        "id": "00000000-0000-4000-8000-00000000000a",
        "label": finding["suggested_label"],
        "rle": finding["rle"],
        "source": "model:m",
    }
    saved = person.patch(path, json={"upsert": [instance], "delete": []}, headers={"If-Match": tag})
    assert saved.status_code == 200, saved.text
    revision: int = saved.json()["revision"]
    return revision


def test_findings__name_each_disagreement_once_and_suspects_first(labeler: Person, scene: Scene) -> None:
    images = [judged(scene.first, FIRST_TRUTH, FIRST_FOUND), judged(scene.second, SECOND_TRUTH, LOOSE)]
    model = f"/api/v1/models/{scene.add_model('m', images)}"
    found = findings(labeler, model)
    assert {(one["kind"], one["instance_id"], one["suggested_label"]) for one in found} == {
        ("mislabeled", NUT, "fig"),
        ("missed", THIRD_FIG, None),
        ("imagined", None, "nut"),
        ("low_iou", OTHER_NUT, "nut"),
    }
    assert FIG not in {one["instance_id"] for one in found}
    assert len({one["key"] for one in found}) == 4
    suspicions = [one["suspicion"] for one in found]
    assert suspicions == sorted(suspicions, reverse=True)
    loose = next(one for one in found if one["kind"] == "low_iou")
    assert loose["iou"] == pytest.approx(17 / 23)
    assert loose["image_name"] == "a.png"
    assert [one["kind"] for one in findings(labeler, model, kind="missed")] == ["missed"]


def test_findings__come_in_pages_that_make_the_whole_list(labeler: Person, scene_model: str) -> None:
    every = findings(labeler, scene_model)
    first = labeler.get(f"{scene_model}/findings?limit=2").json()
    rest = labeler.get(f"{scene_model}/findings?limit=2&cursor={first['next_cursor']}").json()
    assert first["items"] + rest["items"] == every
    assert (first["total"], rest["next_cursor"]) == (len(every), None)


def test_fix__is_kept_with_who_when_and_the_revision_of_the_save(labeler: Person, scene_model: str) -> None:
    imagined = findings(labeler, scene_model, kind="imagined")[0]
    before = labeler.get(f"/api/v1/images/{imagined['image_id']}").json()["revision"]
    revision = accept(labeler, imagined)
    assert revision == before + 1
    body = decision(imagined, "accepted", revision=revision, instance_id="00000000-0000-4000-8000-00000000000a")
    answer = labeler.post(f"{scene_model}/fixes", json=body)
    assert answer.status_code == 200, answer.text
    listed = labeler.get(f"{scene_model}/fixes").json()
    assert listed["counts"] == {"accepted": 1, "fixed": 0, "dismissed": 0}
    (fix,) = listed["items"]
    assert fix == answer.json()
    assert (fix["by"], fix["revision"], fix["action"]) == (labeler.email, revision, "accepted")
    history = labeler.get(f"/api/v1/images/{imagined['image_id']}/revisions").json()["items"]
    assert history[0]["revision"] == fix["revision"]
    assert history[0]["saved_by"]["id"] == labeler.user_id
    stored = labeler.get(f"/api/v1/images/{imagined['image_id']}/instances").json()["items"]
    assert stored[-1]["source"] == "model:m"


def test_findings__can_be_asked_for_by_whether_they_are_decided(labeler: Person, scene_model: str) -> None:
    every = findings(labeler, scene_model)
    labeler.post(f"{scene_model}/fixes", json=decision(every[0], "dismissed"))
    assert findings(labeler, scene_model) == every[1:]
    assert findings(labeler, scene_model, decided=True) == every[:1]
    assert labeler.get(f"{scene_model}/findings").json()["items"] == every


def test_findings__against_todays_labels_lose_what_was_fixed(labeler: Person, scene_model: str) -> None:
    imagined = findings(labeler, scene_model, kind="imagined", ground_truth="today")[0]
    accept(labeler, imagined)
    left = findings(labeler, scene_model, ground_truth="today")
    assert left
    assert imagined["key"] not in {one["key"] for one in left}


def test_fix__decided_again_takes_the_place_of_the_first(labeler: Person, owner: Person, scene_model: str) -> None:
    missed = findings(labeler, scene_model, kind="missed")[0]
    labeler.post(f"{scene_model}/fixes", json=decision(missed, "dismissed"))
    revision = accept(owner, findings(owner, scene_model, kind="imagined")[0])
    owner.post(f"{scene_model}/fixes", json=decision(missed, "fixed", revision=revision))
    (fix,) = labeler.get(f"{scene_model}/fixes").json()["items"]
    assert (fix["action"], fix["by"], fix["revision"]) == ("fixed", owner.email, revision)
    assert counts(labeler, scene_model) == {"accepted": 0, "fixed": 1, "dismissed": 0}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fix__wants_a_save_to_be_traced_to(labeler: Person, scene_model: str) -> None:
    missed = findings(labeler, scene_model, kind="missed")[0]
    for body, words in (
        (decision(missed, "fixed"), "revision"),
        (decision(missed, "dismissed", revision=1), "dismissed"),
        (decision(missed, "accepted", revision=99), "revision 99"),
        (decision(missed, "fixed", revision=2) | {"finding": "no key!"}, "finding"),
    ):
        answer = labeler.post(f"{scene_model}/fixes", json=body)
        assert answer.status_code == 422
        assert words in answer.json()["error"]
    assert counts(labeler, scene_model) == {"accepted": 0, "fixed": 0, "dismissed": 0}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fix__of_an_image_elsewhere_is_refused(labeler: Person, scene_model: str) -> None:
    missed = findings(labeler, scene_model, kind="missed")[0]
    answer = labeler.post(f"{scene_model}/fixes", json=decision(missed, "dismissed") | {"image_id": 9999})
    assert answer.status_code == 404
    assert "9999" in answer.json()["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_findings__on_a_deleted_image_are_gone(owner: Person, scene: Scene, scene_model: str) -> None:
    dismissed = findings(owner, scene_model)[0]
    owner.post(f"{scene_model}/fixes", json=decision(dismissed, "dismissed"))
    owner.delete(f"/api/v1/images/{scene.first}")
    assert findings(owner, scene_model) == []
    assert counts(owner, scene_model)["dismissed"] == 0
