"""Lists of projects with their filters and orders, and what can be changed about a project."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.models import Project
from tests.conftest import Person

PROJECTS = "/api/v1/projects"
NAMES = ["beech", "Ash", "cedar", "Ash", "Élan", "élan"]


@pytest.fixture
def ids(owner: Person) -> list[int]:
    """Projects that were changed in another order than that of their making."""
    ids = [owner.post(PROJECTS, json={"name": name}).json()["id"] for name in NAMES]
    with session_scope() as session:
        for place, project_id in enumerate(ids):
            changed_at = utc_now().replace(microsecond=place * 7 % 5)
            session.execute(update(Project).where(Project.id == project_id).values(changed_at=changed_at))
    return ids


def listed(person: Person, **query: Any) -> list[Any]:
    """Every page of a list, one after the other, two projects on each."""
    items: list[Any] = []
    answer = {"next_cursor": None}
    while not items or answer["next_cursor"]:
        params = {**query, "limit": 2, **({"cursor": answer["next_cursor"]} if items else {})}
        answer = person.get(PROJECTS, params=params).json()
        items += answer["items"]
        if not answer["items"]:
            break
    assert answer["total"] == len(items)
    return items


@pytest.mark.parametrize("sort", ["id", "name", "changed"])
def test_list_projects__in_pages_is_in_order_both_ways(owner: Person, ids: list[int], sort: str) -> None:
    up, down = listed(owner, sort=sort), listed(owner, sort=f"-{sort}")
    assert sorted(item["id"] for item in up) == ids
    assert [item["id"] for item in down] == [item["id"] for item in reversed(up)]
    keys = {
        "id": [item["id"] for item in up],
        "name": [item["name"].lower() for item in up if item["name"].isascii()],
        "changed": [datetime.fromisoformat(item["changed_at"]) for item in up],
    }
    assert keys[sort] == sorted(keys[sort])


def test_list_projects__by_a_part_of_the_name(owner: Person, ids: list[int]) -> None:
    assert [item["name"] for item in listed(owner, q="aSh")] == ["Ash", "Ash"]
    assert [item["name"] for item in listed(owner, q="ee")] == ["beech"]
    assert listed(owner, q="%") == []


@pytest.mark.parametrize(
    ("query", "shown"), [({}, [0, 2, 3, 4, 5]), ({"archived": "true"}, [1]), ({"archived": "all"}, [0, 1, 2, 3, 4, 5])]
)
def test_list_projects__leaves_out_archived_ones_unless_asked(
    owner: Person, ids: list[int], query: dict[str, str], shown: list[int]
) -> None:
    owner.patch(f"{PROJECTS}/{ids[1]}", json={"archived": True})
    assert [item["id"] for item in listed(owner, **query)] == [ids[place] for place in shown]


@pytest.mark.parametrize("query", [{"sort": "size"}, {"archived": "maybe"}, {"sort": "name", "cursor": "WzFd"}])
def test_list_projects__refuses_what_it_does_not_know(owner: Person, query: dict[str, str]) -> None:
    answer = owner.get(PROJECTS, params=query)
    assert answer.status_code == 422
    assert next(reversed(query)) in answer.json()["error"]


def test_change_project__archives_and_takes_back(owner: Person, project_id: int) -> None:
    path = f"{PROJECTS}/{project_id}"
    before = owner.get(path).json()
    assert (before["archived_at"], before["strip_location"], before["created_by"]) == (None, False, owner.user_id)
    archived = owner.patch(path, json={"archived": True}).json()
    assert archived["archived_at"] is not None
    assert owner.patch(path, json={"archived": True}).json() == archived
    assert owner.post(f"{path}/labels", json={"name": "fig"}).status_code == 201
    assert owner.patch(path, json={"archived": False}).json()["archived_at"] is None


def test_change_project__each_setting_by_itself(owner: Person, project_id: int) -> None:
    path = f"{PROJECTS}/{project_id}"
    changed = owner.patch(path, json={"strip_location": True}).json()
    assert (changed["strip_location"], changed["name"], changed["archived_at"]) == (True, "Fruit", None)
    renamed = owner.patch(path, json={"name": "Nuts", "archived": True}).json()
    assert (renamed["strip_location"], renamed["name"]) == (True, "Nuts")
    assert owner.get(path).json() == renamed


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": " "}, {"archived": "soon"}, {"strip": True}, {"id": 3}])
def test_change_project__refuses_what_changes_nothing(owner: Person, project_id: int, body: dict[str, Any]) -> None:
    before = owner.get(f"{PROJECTS}/{project_id}").json()
    answer = owner.patch(f"{PROJECTS}/{project_id}", json=body)
    assert answer.status_code == 422
    assert owner.get(f"{PROJECTS}/{project_id}").json() == before
