"""Totals are counted once and never told when they are stale."""

import pytest
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.images import repository
from app.images.known_totals import KnownTotals
from app.images.repository import ImageFilter
from tests.conftest import Person
from tests.images.pictures import png


def upload(person: Person, project_id: int, *names: str) -> None:
    files = [("files", (name, png())) for name in names]
    assert person.post(f"/api/v1/projects/{project_id}/images", files=files).json()["refused"] == []


def test_count__follows_every_change_of_the_project(labeler: Person, project_id: int) -> None:
    totals, wanted = KnownTotals(), ImageFilter(name_part="a", labeled=False)
    seen = []
    for names in (["a.png", "b.png"], ["aa.png"], ["c.png"]):
        upload(labeler, project_id, *names)
        with session_scope(read_only=True) as session:
            seen.append([totals.count(session, project_id, wanted) for _ in range(2)])
    assert seen == [[1, 1], [2, 2], [2, 2]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_count__searches_once_and_forgets_what_was_asked_longest_ago(
    labeler: Person, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(labeler, project_id, "a.png", "b.png", "c.png")
    counted: list[str | None] = []
    count = repository.count_images

    def note(session: Session, of_project: int, wanted: ImageFilter) -> int:
        counted.append(wanted.name_part)
        return count(session, of_project, wanted)

    monkeypatch.setattr(repository, "count_images", note)
    totals = KnownTotals(size=2)
    with session_scope(read_only=True) as session:
        for name in ("a", "b", "a", "c", "a", "b"):
            assert totals.count(session, project_id, ImageFilter(name_part=f"{name}.")) == 1
    assert counted == ["a.", "b.", "c.", "b."]


def test_list_images__finds_names_in_any_case_beyond_ascii(labeler: Person, project_id: int) -> None:
    upload(labeler, project_id, "ŽALIA/Straße.png", "b.png")
    path = f"/api/v1/projects/{project_id}/images"
    for part in ("žalia", "Žalia", "STRASSE", "straße", "a/S"):
        assert [item["name"] for item in labeler.get(path, params={"q": part}).json()["items"]] == ["ŽALIA/Straße.png"]
