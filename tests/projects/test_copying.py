"""Copies of projects: the same pictures and labels, in a project of the copier's own."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.db.engine import session_scope
from app.db.models import Image, Project
from app.projects import copied_rows, copying
from app.storage.blobs import FolderBlobStore, get_blob_store
from tests.conftest import Person
from tests.images.pictures import png
from tests.labels.conftest import FIRST_ID, SECOND_ID, SQUARE, polygon_instance
from tests.projects.test_endpoints import add_model, counted_queries

PROJECTS = "/api/v1/projects"


@pytest.fixture
def filled(owner: Person, project_id: int) -> int:
    """Two pictures, one of them labeled and for validation, and a label that is not used."""
    path = f"{PROJECTS}/{project_id}"
    for name, color in {"nut": "#56B4E9", "fig": "#E69F00"}.items():
        owner.post(f"{path}/labels", json={"name": name, "color": color})
    files = [("files", (name, png(color=(n, n, n)))) for n, name in enumerate(["left/a.png", "b.png"])]
    ids = [item["id"] for item in owner.post(f"{path}/images", files=files).json()["items"]]
    items = [polygon_instance(FIRST_ID, ring=SQUARE), polygon_instance(SECOND_ID)]
    saved = owner.put(f"/api/v1/images/{ids[0]}/instances", json={"items": items}, headers={"If-Match": '"0"'})
    assert saved.status_code == 200
    owner.put(f"{path}/validation", json={"image_ids": ids[:1], "validation": True})
    owner.patch(path, json={"strip_location": True})
    add_model(project_id, "m")
    return project_id


def content(person: Person, project_id: int) -> dict[str, Any]:
    """All that a copy has in common with its original."""
    path = f"{PROJECTS}/{project_id}"
    images = person.get(f"{path}/images").json()["items"]
    labels = person.get(f"{path}/labels").json()["items"]
    project = person.get(path).json()
    return {
        "counts": [project[name] for name in ("image_count", "labeled_count", "validation_count", "strip_location")],
        "labels": [{**label, "id": None} for label in labels],
        "images": [
            {name: image[name] for name in ("name", "width", "height", "byte_size", "validation", "instance_count")}
            | {"labels": [(count["label"], count["count"]) for count in image["label_counts"]]}
            for image in images
        ],
        "files": [person.get(f"/api/v1/images/{image['id']}/file").content for image in images],
        "thumbnails": [person.get(f"/api/v1/images/{image['id']}/thumbnail").content for image in images],
        "instances": [person.get(f"/api/v1/images/{image['id']}/instances").json()["items"] for image in images],
    }


def stored_files(store: FolderBlobStore) -> list[Path]:
    return sorted(path for path in (store.scratch.parent / "projects").rglob("*") if path.is_file())


def test_copy_project__has_all_but_members_and_models(filled: int, owner: Person, developer: Person) -> None:
    answer = developer.post(f"{PROJECTS}/{filled}/copy", json={})
    assert answer.status_code == 201, answer.text
    copy = answer.json()
    assert (copy["name"], copy["role"], copy["created_by"]) == ("Fruit (copy)", "Owner", developer.user_id)
    assert (copy["image_count"], copy["labeled_count"], copy["validation_count"], copy["model_count"]) == (2, 1, 1, 0)
    assert [(count["label"], count["count"]) for count in copy["label_counts"]] == [("nut", 0), ("fig", 2)]
    assert content(developer, copy["id"]) == content(developer, filled)
    assert owner.get(f"{PROJECTS}/{copy['id']}").status_code == 404


def test_copy_project__lives_on_without_its_original(filled: int, owner: Person) -> None:
    before = content(owner, filled)
    copy = owner.post(f"{PROJECTS}/{filled}/copy", json={"name": "Second"}).json()
    assert copy["name"] == "Second"
    owner.delete(f"{PROJECTS}/{filled}")
    assert content(owner, copy["id"]) == before


def test_copy_project__of_a_long_name_still_has_one(owner: Person) -> None:
    project = owner.post(PROJECTS, json={"name": "x" * 100}).json()
    copy = owner.post(f"{PROJECTS}/{project['id']}/copy", json={}).json()
    assert copy["name"] == "x" * 93 + " (copy)"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_copy_project__that_fails_leaves_nothing(filled: int, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    store = get_blob_store()
    assert isinstance(store, FolderBlobStore)
    before = stored_files(store)

    def fail(*_: object) -> None:
        raise OSError("the database is gone")

    for broken in ("copy_rows", "list_blob_keys"):
        with monkeypatch.context() as patch:
            patch.setattr(copied_rows, broken, fail)
            assert owner.post(f"{PROJECTS}/{filled}/copy", json={}).status_code == 500
        assert stored_files(store) == before
        with session_scope(read_only=True) as session:
            assert session.scalars(select(Project.id)).all() == [filled]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_copy_project__whose_file_is_gone_says_so(filled: int, owner: Person) -> None:
    store = get_blob_store()
    with session_scope(read_only=True) as session:
        store.delete(session.scalars(select(Image.storage_key)).all()[:1])
    answer = owner.post(f"{PROJECTS}/{filled}/copy", json={})
    assert answer.status_code == 409
    assert "copy it again" in answer.json()["error"]
    assert owner.get(PROJECTS).json()["total"] == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_copy_project__follows_what_changes_meanwhile(
    filled: int, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image deleted and one uploaded while the files are copied: the copy has the project as it is at the end."""
    path = f"{PROJECTS}/{filled}"

    class Changing(copying._ProjectFiles):
        was_changed = False

        def copy(self, keys: Any) -> None:
            super().copy(keys)
            if not Changing.was_changed:
                Changing.was_changed = True
                owner.delete(f"/api/v1/images/{owner.get(f'{path}/images').json()['items'][0]['id']}")
                owner.post(f"{path}/images", files={"files": ("late.png", png())})

    monkeypatch.setattr(copying, "_ProjectFiles", Changing)
    copy = owner.post(f"{path}/copy", json={}).json()
    assert content(owner, copy["id"]) == content(owner, filled)
    assert copy["image_count"] == 2
    store = get_blob_store()
    assert isinstance(store, FolderBlobStore)
    assert len(stored_files(store)) == 8


def test_copy_rows__sends_the_same_statements_for_any_number_of_images(filled: int, owner: Person) -> None:
    counts = []
    for number in (1, 500):
        with session_scope() as session:
            first = session.scalars(select(Image).where(Image.project_id == filled)).first()
            assert first is not None
            row = {column.key: getattr(first, column.key) for column in Image.__table__.columns if column.key != "id"}
            session.execute(insert(Image), [{**row, "name": f"{number}/{n}.png"} for n in range(number)])
            target = Project(name=str(number))
            session.add(target)
            session.flush()
            with counted_queries(session) as statements:
                copied_rows.copy_rows(session, filled, target.id)
            counts.append(len(statements))
            of_target = select(func.count()).select_from(Image).where(Image.project_id == target.id)
            assert session.scalar(of_target) == 2 + (1 if number == 1 else 501)
    assert counts[0] == counts[1]
