"""Signing in, tokens and accounts over HTTP."""

from tests.conftest import Person


def test_get_me__by_token_says_who(owner: Person) -> None:
    answer = owner.get("/api/v1/me/")
    assert answer.status_code == 200
    assert answer.json()["email"] == "owner@example.com"
    assert answer.json()["csrf_token"] is None
