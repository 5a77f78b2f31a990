import pytest
from sqlalchemy import delete

from app.db.engine import session_scope
from app.db.models import User
from tests.conftest import Person
from tests.trained import OPTIMIZED

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_history__says_who_when_from_and_to(developer: Person, owner: Person, scene_model: str) -> None:
    developer.put(f"{scene_model}/thresholds", json={"optimized": False, "values": {"fig": 0.95}})
    owner.put(f"{scene_model}/thresholds", json={"optimized": True})
    by_owner, by_developer = owner.get(f"{scene_model}/thresholds/history").json()["items"]
    assert (by_developer["by"], by_owner["by"]) == (developer.email, owner.email)
    assert by_developer["at"] <= by_owner["at"]
    assert by_developer["from"] == {"optimized": True, "values": OPTIMIZED}
    assert by_developer["to"] == {"optimized": False, "values": {"fig": 0.95, "nut": OPTIMIZED["nut"]}}
    assert (by_owner["from"], by_owner["to"]) == (by_developer["to"], by_developer["from"])
    assert (by_owner["checkpoint"], by_owner["speed"]) == ("best", "slow")


def test_history__leaves_out_what_changes_nothing(developer: Person, scene_model: str) -> None:
    developer.put(f"{scene_model}/thresholds", json={"optimized": True})
    developer.put(f"{scene_model}/thresholds", json={"optimized": False, "values": {"pear": 0.5}})
    assert developer.get(f"{scene_model}/thresholds/history").json() == {"items": [], "next_cursor": None, "total": 0}


def test_history__belongs_to_a_checkpoint_and_comes_in_pages(developer: Person, scene_model: str) -> None:
    for value in (0.1, 0.2, 0.3):
        developer.put(f"{scene_model}/thresholds?checkpoint=last", json={"optimized": False, "all": value})
    assert developer.get(f"{scene_model}/thresholds/history").json()["total"] == 0
    path = f"{scene_model}/thresholds/history?checkpoint=last&limit=2"
    first = developer.get(path).json()
    second = developer.get(f"{path}&cursor={first['next_cursor']}").json()
    values = [one["to"]["values"]["fig"] for page in (first, second) for one in page["items"]]
    assert (values, first["total"], second["next_cursor"]) == ([0.3, 0.2, 0.1], 3, None)


def test_history__outlives_the_account(developer: Person, owner: Person, scene_model: str) -> None:
    developer.put(f"{scene_model}/thresholds", json={"optimized": False, "all": 0.3})
    remove_account(developer)
    (entry,) = owner.get(f"{scene_model}/thresholds/history").json()["items"]
    assert (entry["by"], entry["to"]["values"]["fig"]) == (None, 0.3)


def remove_account(person: Person) -> None:
    with session_scope() as session:
        session.execute(delete(User).where(User.id == person.user_id))
