"""A project out of one server and into another: what comes back is what went out."""

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db.engine import session_scope
from app.db.models import Checkpoint, Image, Model, PredictionSet
from app.project_archive.model_files import FIRST_GONE_ID
from app.storage.blobs import get_blob_store
from app.training.snapshot import from_json_bytes
from tests.conftest import Person
from tests.images.pictures import png
from tests.project_archive.conftest import NAMES, PROJECTS, download, send

MODELS = "/api/v1/models"


def content(person: Person, project_id: int) -> dict[str, Any]:
    """All of a project but ids and times."""
    path = f"{PROJECTS}/{project_id}"
    project = person.get(path).json()
    images = person.get(f"{path}/images").json()["items"]
    kept = ("name", "width", "height", "byte_size", "media_type", "validation", "background", "instance_count")
    return {
        "project": {name: project[name] for name in ("name", "strip_location", "image_count", "labeled_count")},
        "validation_count": project["validation_count"],
        "labels": [{**label, "id": None} for label in person.get(f"{path}/labels").json()["items"]],
        "images": [{name: image[name] for name in kept} for image in images],
        "files": [person.get(f"/api/v1/images/{image['id']}/file").content for image in images],
        "thumbnails": [person.get(f"/api/v1/images/{image['id']}/thumbnail").content for image in images],
        "instances": [person.get(f"/api/v1/images/{image['id']}/instances").json()["items"] for image in images],
    }


def model_content(person: Person, project_id: int) -> dict[str, Any]:
    """All of the project's one model but ids."""
    (model,) = person.get(f"{PROJECTS}/{project_id}/models").json()["items"]
    path = f"{MODELS}/{model['id']}"
    names = {image["id"]: image["name"] for image in person.get(f"{PROJECTS}/{project_id}/images").json()["items"]}
    shown = person.get(f"{path}/predictions", params={"split": "validation"}).json()["items"]
    return {
        "model": {**model, "id": None, "project_id": None},
        "curve": person.get(f"{path}/curve").json(),
        "log": person.get(f"{path}/log").json(),
        "statistics": person.get(f"{path}/statistics").json(),
        "speeds": person.get(f"{path}/speeds").json(),
        "thresholds": [
            person.get(f"{path}/thresholds", params={"checkpoint": kind}).json() for kind in ("best", "last")
        ],
        "predictions": [{**image, "image_id": names.get(image["image_id"])} for image in shown],
        "predicted": [
            person.post(
                f"/api/predict/{project_id}/my model ü{end}",
                content=png(40, 30),
                headers={"Content-Type": "application/octet-stream"},
            ).json()
            for end in ("", "/last")
        ],
    }


def test_archive__sent_back_is_the_same_project(filled: int, owner: Person, stranger: Person) -> None:
    answer = send(stranger, download(owner, filled))
    assert answer.status_code == 201, answer.text
    project = answer.json()
    assert (project["role"], project["created_by"], project["model_count"]) == ("Owner", stranger.user_id, 0)
    assert project["id"] != filled
    assert content(stranger, project["id"]) == content(owner, filled)
    assert [image["name"] for image in content(stranger, project["id"])["images"]] == NAMES
    assert owner.get(f"{PROJECTS}/{project['id']}").status_code == 404


def test_archive__brings_models_that_predict(filled: int, model_id: int, owner: Person, stranger: Person) -> None:
    project = send(stranger, download(owner, filled)).json()
    assert project["model_count"] == 1
    came, went = model_content(stranger, project["id"]), model_content(owner, filled)
    assert went["model"]["can_resume"] is True
    assert len(went["predicted"][0]) > 0
    assert went["model"]["default_speed"] == "fast"
    assert went["speeds"]["items"][2]["latency_ms"] == 4.5
    assert came["model"] == went["model"]
    assert came == went


def test_archive__brings_best_and_last_that_are_one_export(
    filled: int, model_id: int, owner: Person, stranger: Person
) -> None:
    with session_scope() as session:
        best, last = session.scalars(select(Checkpoint).order_by(Checkpoint.kind)).all()
        (best_key,) = session.scalars(select(PredictionSet.storage_key).where(PredictionSet.checkpoint_id == best.id))
        of_last = update(PredictionSet).where(PredictionSet.checkpoint_id == last.id)
        session.execute(of_last.values(storage_key=best_key))
        last.export_prefix, best_prefix = best.export_prefix, best.export_prefix
    project_id = send(stranger, download(owner, filled)).json()["id"]
    assert model_content(stranger, project_id) == model_content(owner, filled)
    with session_scope(read_only=True) as session:
        came = select(Checkpoint.export_prefix).join(Model).where(Model.project_id == project_id)
        (prefix,) = set(session.scalars(came))
    assert prefix not in (None, best_prefix)


def test_archive__brings_the_history_of_thresholds_but_for_who_made_it(
    filled: int, model_id: int, owner: Person, stranger: Person
) -> None:
    for change in ({"optimized": False, "all": 0.25}, {"optimized": True}):
        assert owner.put(f"{MODELS}/{model_id}/thresholds", json=change).is_success
    went = owner.get(f"{MODELS}/{model_id}/thresholds/history").json()["items"]
    project_id = send(stranger, download(owner, filled)).json()["id"]
    (model,) = stranger.get(f"{PROJECTS}/{project_id}/models").json()["items"]
    came = stranger.get(f"{MODELS}/{model['id']}/thresholds/history").json()["items"]
    assert len(came) == 2
    assert [{**entry, "id": None} for entry in came] == [{**entry, "id": None, "by": None} for entry in went]


def test_archive__names_images_in_models_by_their_new_ids(
    filled: int, model_id: int, owner: Person, stranger: Person
) -> None:
    project_id = send(stranger, download(owner, filled)).json()["id"]
    images = stranger.get(f"{PROJECTS}/{project_id}/images").json()["items"]
    (model,) = stranger.get(f"{PROJECTS}/{project_id}/models").json()["items"]
    shown = stranger.get(f"{MODELS}/{model['id']}/predictions").json()["items"]
    assert [image["image_id"] for image in shown] == [images[0]["id"], images[1]["id"], FIRST_GONE_ID + 2]
    with session_scope(read_only=True) as session:
        key = session.scalars(select(Model.snapshot_key).where(Model.id == model["id"])).one()
        keys = dict(session.execute(select(Image.id, Image.storage_key).where(Image.project_id == project_id)).all())
    snapshot = from_json_bytes(get_blob_store().read_bytes(key))
    assert snapshot.project_id == project_id
    assert [(image.image_id, image.storage_key) for image in snapshot.images] == [
        (images[1]["id"], keys[images[1]["id"]]),
        (images[0]["id"], keys[images[0]["id"]]),
    ]


def test_archive__lives_on_without_its_original(filled: int, model_id: int, owner: Person) -> None:
    before, model = content(owner, filled), model_content(owner, filled)
    project_id = send(owner, download(owner, filled)).json()["id"]
    owner.delete(f"{PROJECTS}/{filled}")
    assert content(owner, project_id) == before
    assert model_content(owner, project_id) == {**model, "model": {**model["model"], "id": None}}


def test_archive__of_an_empty_project(owner: Person, project_id: int) -> None:
    came = send(owner, download(owner, project_id)).json()
    assert content(owner, came["id"]) == content(owner, project_id)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_archive__is_a_zip_that_people_can_read(filled: int, model_id: int, owner: Person) -> None:
    with zipfile.ZipFile(io.BytesIO(download(owner, filled))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert names[:8] == [
            "project.json",
            "labels.json",
            "validation.json",
            "background.json",
            "images/left/ü b.png",
            "images/left/a.jpg",
            "renamed-images/3",
            "renamed-images/4",
        ]
        assert {"models/1/model.json", "models/1/files/best-1/detector.onnx"} < set(names)
        assert names[-1] == "manifest.json"
        assert json.loads(archive.read("validation.json")) == {"images": [NAMES[0], NAMES[3]]}
        assert json.loads(archive.read("background.json")) == {"images": [NAMES[2]]}
        project = json.loads(archive.read("project.json"))
        assert (project["format"], project["version"], project["name"]) == ("maskwright-project", 1, "Fruit")
        # The labels are a file of our own format, which a project with these images can import by itself.
        exported = owner.get(f"{PROJECTS}/{filled}/labels/export", params={"format": "maskwright"}).content
        assert archive.read("labels.json") == exported


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_archive__without_models(filled: int, model_id: int, owner: Person) -> None:
    archive = download(owner, filled, models=False)
    assert not [name for name in zipfile.ZipFile(io.BytesIO(archive)).namelist() if name.startswith("models/")]
    assert send(owner, archive).json()["model_count"] == 0
