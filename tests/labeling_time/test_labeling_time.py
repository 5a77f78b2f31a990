"""Labeling time over HTTP: counted by person, image and day; seen by whom it concerns."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.models import LabelingTime, User
from tests.conftest import Person
from tests.labels.conftest import MakeImage, make_image

__all__ = ["make_image"]  # a fixture

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def work(person: Person, image_id: int, seconds: Any) -> Any:
    return person.post(f"/api/v1/images/{image_id}/labeling-time", json={"seconds": seconds})


def report(person: Person, project_id: int, query: str = "") -> Any:
    return person.get(f"/api/v1/projects/{project_id}/labeling-time{query}")


def add_day(person: Person, project_id: int, image_id: int, *, day: date, seconds: float) -> None:
    with session_scope() as session:
        session.add(
            LabelingTime(user_id=person.user_id, project_id=project_id, image_id=image_id, day=day, seconds=seconds)
        )


def test_time__adds_up_by_person_and_day(
    owner: Person, labeler: Person, project_id: int, make_image: MakeImage
) -> None:
    first, second = make_image("a.png"), make_image("b.png")
    today = utc_now().date()
    add_day(labeler, project_id, first, day=today - timedelta(days=1), seconds=100)
    for image_id, seconds in ((first, 60), (first, 12.5), (second, 30)):
        assert work(labeler, image_id, seconds).status_code == 204
    assert work(owner, first, 7).status_code == 204

    answer = report(owner, project_id).json()
    assert [(item["user_id"], item["day"], item["seconds"], item["image_count"]) for item in answer["items"]] == [
        *sorted(
            [(labeler.user_id, str(today), 102.5, 2), (owner.user_id, str(today), 7, 1)],
            key=lambda row: labeler.email if row[0] == labeler.user_id else owner.email,
        ),
        (labeler.user_id, str(today - timedelta(days=1)), 100, 1),
    ]
    assert answer["total_seconds"] == 209.5


def test_report__shows_labelers_their_own_alone(
    admin: Person, labeler: Person, developer: Person, project_id: int, make_image: MakeImage
) -> None:
    image_id = make_image()
    for person in (admin, labeler, developer):
        work(person, image_id, 10)
    everybody = {person.user_id for person in (admin, labeler, developer)}
    for person, seen in ((admin, everybody), (labeler, {labeler.user_id}), (developer, {developer.user_id})):
        assert {item["user_id"] for item in report(person, project_id).json()["items"]} == seen


def test_report__of_a_period_includes_both_ends(labeler: Person, project_id: int, make_image: MakeImage) -> None:
    image_id = make_image()
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    for seconds, day in enumerate(days, start=1):
        add_day(labeler, project_id, image_id, day=day, seconds=seconds)
    items = report(labeler, project_id, "?from=2026-03-02&to=2026-03-03").json()["items"]
    assert [item["day"] for item in items] == ["2026-03-03", "2026-03-02"]
    assert [item["seconds"] for item in report(labeler, project_id, "?to=2026-03-01").json()["items"]] == [1]


def test_report__as_csv_holds_no_formula(labeler: Person, project_id: int, make_image: MakeImage) -> None:
    with session_scope() as session:
        user = session.get_one(User, labeler.user_id)
        user.name = '=HYPERLINK("x"), Ann'
    add_day(labeler, project_id, make_image(), day=date(2026, 3, 1), seconds=5400)
    answer = report(labeler, project_id, "?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert '-labeling-time.csv"; filename*' in answer.headers["content-disposition"]
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["day", "name", "email", "seconds", "hours", "images"],
        ["2026-03-01", '\'=HYPERLINK("x"), Ann', labeler.email, "5400.0", "1.5", "1"],
    ]


def test_time__stays_when_its_image_is_deleted(labeler: Person, project_id: int, make_image: MakeImage) -> None:
    images = [make_image("a.png"), make_image("b.png")]
    for image_id in images:
        work(labeler, image_id, 20)
        assert labeler.request("DELETE", f"/api/v1/images/{image_id}").status_code == 204
    assert report(labeler, project_id).json()["total_seconds"] == 40


@sqlite_alone
@pytest.mark.parametrize("seconds", [0, -1, 3601, "NaN", None, "x"])
def test_time__refuses_what_nobody_can_have_worked(labeler: Person, make_image: MakeImage, seconds: Any) -> None:
    assert work(labeler, make_image(), seconds).status_code == 422


@sqlite_alone
@pytest.mark.parametrize(
    "query", ["?from=yesterday", "?to=2026-13-01", "?format=xml", "?from=2026-03-02&to=2026-03-01"]
)
def test_report__refuses_what_it_does_not_understand(labeler: Person, project_id: int, query: str) -> None:
    answer = report(labeler, project_id, query)
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]
