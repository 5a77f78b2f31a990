"""Answers are worked out once and never told when they are stale."""

from functools import partial

import pytest
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.images import repository
from app.images.known_answers import KnownAnswers
from app.images.repository import ImageFilter
from app.settings import Settings
from tests.conftest import Person
from tests.images.pictures import png


def upload(person: Person, project_id: int, *names: str) -> None:
    files = [("files", (name, png())) for name in names]
    assert person.post(f"/api/v1/projects/{project_id}/images", files=files).json()["refused"] == []


def count(session: Session, project_id: int, wanted: ImageFilter) -> int:
    return repository.count_images(session, project_id, wanted)


def test_get__follows_every_change_of_the_project(labeler: Person, project_id: int) -> None:
    answers, wanted = KnownAnswers(), ImageFilter(name_part="a", labeled=False)
    seen = []
    for names in (["a.png", "b.png"], ["aa.png"], ["c.png"]):
        upload(labeler, project_id, *names)
        with session_scope(read_only=True) as session:
            work = partial(count, session, project_id, wanted)
            seen.append([answers.get(session, project_id, wanted, work) for _ in range(2)])
    assert seen == [[1, 1], [2, 2], [2, 2]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_get__works_once_and_forgets_what_was_asked_longest_ago(app_env: Settings, project_id: int) -> None:
    worked: list[str] = []

    def work(question: str) -> str:
        worked.append(question)
        return question.upper()

    answers = KnownAnswers(size=2)
    with session_scope(read_only=True) as session:
        for question in "abacab":
            assert answers.get(session, project_id, question, partial(work, question)) == question.upper()
    assert worked == ["a", "b", "c", "b"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_list_folders__shows_one_that_has_just_come(labeler: Person, project_id: int) -> None:
    path = f"/api/v1/projects/{project_id}/images/folders"
    seen = []
    for name in ("a/1.png", "b/1.png"):
        upload(labeler, project_id, name)
        seen.append([item["folder"] for item in labeler.get(path).json()["items"]])
    assert seen == [["a"], ["a", "b"]]


def test_list_images__finds_names_in_any_case_beyond_ascii(labeler: Person, project_id: int) -> None:
    upload(labeler, project_id, "ŽALIA/Straße.png", "b.png")
    path = f"/api/v1/projects/{project_id}/images"
    for part in ("žalia", "Žalia", "STRASSE", "straße", "a/S"):
        assert [item["name"] for item in labeler.get(path, params={"q": part}).json()["items"]] == ["ŽALIA/Straße.png"]
