"""Signing in, tokens and accounts over HTTP."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.accounts import repository
from app.accounts.service import MAX_PREFERENCES_BYTES
from app.accounts.sign_in_limit import FAILURES_PER_ACCOUNT
from app.accounts.token_uses import TokenUses
from app.db.base import utc_now
from app.db.engine import get_engine, session_scope
from app.db.models import ApiToken, LoginSession
from app.http import CSRF_HEADER, SESSION_COOKIE
from app.main import create_app
from tests.conftest import PASSWORD, Person

SESSION = "/api/v1/session"
ME = "/api/v1/me"
TOKENS = "/api/v1/tokens"


def sign_in(person: Person, password: str = PASSWORD) -> dict[str, str]:
    """Sign the client in as a browser; gives the headers that its changes need."""
    answer = person.client.post(SESSION, json={"email": person.email, "password": password})
    assert answer.status_code == 200, answer.text
    return {CSRF_HEADER: answer.json()["csrf_token"]}


@pytest.mark.parametrize("path", [ME, ME + "/"])
def test_get_me__by_token_says_who(owner: Person, path: str) -> None:
    answer = owner.get(path)
    assert answer.status_code == 200
    assert answer.json()["email"] == "owner@example.com"
    assert answer.json()["csrf_token"] is None


@pytest.mark.parametrize("path", [SESSION, SESSION + "/"])
def test_sign_in__sets_a_cookie_that_scripts_cannot_read(owner: Person, path: str) -> None:
    answer = owner.client.post(path, json={"email": " Owner@Example.com ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["email"] == "owner@example.com"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert f"Max-Age={30 * 24 * 3600}" in cookie


def test_sign_in_and_change_me__hold_one_connection_each(owner: Person, client: TestClient) -> None:
    held = most = 0

    def taken(*_about: object) -> None:
        nonlocal held, most
        held += 1
        most = max(most, held)

    def given_back(*_about: object) -> None:
        nonlocal held
        held -= 1

    event.listen(get_engine(), "checkout", taken)
    event.listen(get_engine(), "checkin", given_back)
    headers = sign_in(owner)
    changed = client.patch(ME, json={"password": "a new password", "current_password": PASSWORD}, headers=headers)
    assert changed.status_code == 200
    assert (held, most) == (0, 1)


def test_sign_in__over_https_sets_a_secure_cookie(owner: Person, client: TestClient) -> None:
    answer = client.post("https://testserver" + SESSION, json={"email": owner.email, "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


def test_sign_in__answers_a_wrong_password_and_an_unknown_email_alike(owner: Person, client: TestClient) -> None:
    wrong = client.post(SESSION, json={"email": owner.email, "password": "wrong password"})
    unknown = client.post(SESSION, json={"email": "nobody@example.com", "password": "wrong password"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["error"].replace(owner.email, "X") == unknown.json()["error"].replace("nobody@example.com", "X")
    assert "set-cookie" not in wrong.headers


def test_sign_in__after_many_failures_says_when_to_try_again(owner: Person, client: TestClient) -> None:
    for _ in range(FAILURES_PER_ACCOUNT):
        assert client.post(SESSION, json={"email": owner.email, "password": "wrong"}).status_code == 401
    answer = client.post(SESSION, json={"email": owner.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] in answer.json()["error"]


def test_session__lets_a_browser_read_and_with_csrf_token_change(owner: Person, client: TestClient) -> None:
    headers = sign_in(owner)
    assert client.get(ME).json()["csrf_token"] == headers[CSRF_HEADER]
    assert client.post("/api/v1/projects", json={"name": "Fruit"}, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "headers", [{}, {CSRF_HEADER: ""}, {CSRF_HEADER: "0" * 64}, {CSRF_HEADER: "é".encode("latin-1")}]
)
def test_session__without_its_csrf_token_changes_nothing(
    owner: Person, client: TestClient, headers: dict[str, str]
) -> None:
    sign_in(owner)
    answer = client.post("/api/v1/projects", json={"name": "Fruit"}, headers=headers)
    assert answer.status_code == 403
    assert CSRF_HEADER in answer.json()["error"]
    assert client.get("/api/v1/projects").json()["total"] == 0


def test_session__csrf_token_of_another_session_is_refused(owner: Person, client: TestClient) -> None:
    earlier = sign_in(owner)
    sign_in(owner)
    assert client.post("/api/v1/projects", json={"name": "Fruit"}, headers=earlier).status_code == 403


def test_session__a_wrong_token_beats_a_right_cookie(owner: Person, client: TestClient) -> None:
    sign_in(owner)
    for token in ("", "x" * 26):
        answer = client.get(ME, headers={"X-Auth-token": token})
        assert answer.status_code == 401
        assert "X-Auth-token" in answer.json()["error"]


@pytest.mark.parametrize("path", [SESSION, SESSION + "/"])
def test_sign_out__ends_the_session(owner: Person, client: TestClient, path: str) -> None:
    headers = sign_in(owner)
    secret = client.cookies[SESSION_COOKIE]
    assert client.delete(path, headers=headers).status_code == 204
    client.cookies.set(SESSION_COOKIE, secret)  # a copy of the cookie is worth nothing either
    assert client.get(ME).status_code == 401


def test_session__expired_is_refused(owner: Person, client: TestClient) -> None:
    sign_in(owner)
    with session_scope() as session:
        session.execute(update(LoginSession).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert client.get(ME).status_code == 401


def test_session__in_use_lasts_another_thirty_days(owner: Person, client: TestClient) -> None:
    sign_in(owner)
    with session_scope() as session:
        session.execute(update(LoginSession).values(expires_at=utc_now() + timedelta(days=2)))
    answer = client.get(ME)
    assert "Max-Age" in answer.headers["set-cookie"]
    with session_scope(read_only=True) as session:
        (login,) = session.query(LoginSession).all()
        assert login.expires_at > utc_now() + timedelta(days=29)


def test_change_me__password_needs_the_present_one_and_ends_other_sessions(owner: Person, client: TestClient) -> None:
    sign_in(owner)
    elsewhere = client.cookies[SESSION_COOKIE]
    headers = sign_in(owner)
    wrong = client.patch(ME, json={"password": "a new password", "current_password": "no"}, headers=headers)
    assert wrong.status_code == 403
    short = client.patch(ME, json={"password": "short", "current_password": PASSWORD}, headers=headers)
    assert short.status_code == 422
    right = client.patch(ME, json={"password": "a new password", "current_password": PASSWORD}, headers=headers)
    assert right.status_code == 200
    assert client.get(ME).status_code == 200
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, elsewhere)
    assert client.get(ME).status_code == 401
    client.cookies.clear()
    sign_in(owner, "a new password")


def test_change_me__name_by_token_but_never_the_password(owner: Person) -> None:
    assert owner.patch(ME, json={"name": " Ann "}).json()["name"] == "Ann"
    answer = owner.patch(ME, json={"password": "a new password", "current_password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.parametrize("slash", ["", "/"])
def test_tokens__are_shown_once_and_listed_without_their_secret(owner: Person, slash: str) -> None:
    made = owner.post(TOKENS + slash, json={"name": "laptop"})
    assert made.status_code == 201
    token = made.json()["token"]
    assert len(token) == 26
    assert set(token) <= set("0123456789abcdefghijklmnopqrstuv")
    listed = owner.get(TOKENS + slash).json()
    assert listed["total"] == 2
    without_secret = {key: value for key, value in made.json().items() if key != "token"}
    assert listed["items"][0] == without_secret | {"uses_today": 0}
    assert listed["items"][0]["last_four"] == token[-4:]


def test_tokens__revoked_is_refused_at_once(owner: Person, client: TestClient) -> None:
    made = owner.post(TOKENS, json={"name": "laptop"}).json()
    headers = {"X-Auth-token": made["token"]}
    assert client.get(ME, headers=headers).status_code == 200
    assert owner.delete(f"{TOKENS}/{made['id']}/").status_code == 204
    assert client.get(ME, headers=headers).status_code == 401
    assert owner.delete(f"{TOKENS}/{made['id']}").status_code == 404


def test_tokens__of_others_cannot_be_revoked(owner: Person, stranger: Person) -> None:
    made = owner.post(TOKENS, json={}).json()
    assert stranger.delete(f"{TOKENS}/{made['id']}").status_code == 404
    assert owner.get(TOKENS).json()["total"] == 2


def test_tokens__expire(owner: Person, client: TestClient) -> None:
    past = (utc_now() - timedelta(minutes=1)).isoformat()
    assert owner.post(TOKENS, json={"expires_at": past}).status_code == 422
    made = owner.post(TOKENS, json={"expires_at": (utc_now() + timedelta(days=1)).isoformat()}).json()
    with session_scope() as session:
        expired = utc_now() - timedelta(seconds=1)
        session.execute(update(ApiToken).where(ApiToken.id == made["id"]).values(expires_at=expired))
    assert client.get(ME, headers={"X-Auth-token": made["token"]}).status_code == 401


def test_tokens__uses_are_counted_each_for_its_own(owner: Person, client: TestClient) -> None:
    made = owner.post(TOKENS, json={"name": "laptop"}).json()
    assert (made["use_count"], made["last_used_at"]) == (0, None)
    before = utc_now().isoformat()
    for _ in range(3):
        client.get(ME, headers={"X-Auth-token": made["token"]})
    laptop, tests = owner.get(TOKENS).json()["items"]
    assert laptop["use_count"] == 3
    assert laptop["uses_today"] == 3
    assert laptop["last_used_at"] > before
    assert tests["use_count"] == 2  # the one that made the other, and this listing
    assert owner.get(TOKENS).json()["items"][0]["use_count"] == 3


def test_tokens__uses_are_kept_by_day(owner: Person, stranger: Person, app: FastAPI) -> None:
    token_id = owner.post(TOKENS, json={"name": "laptop"}).json()["id"]
    uses: TokenUses = app.state.token_uses
    today = utc_now()
    for days_ago, count in ((0, 2), (3, 1), (40, 5)):
        for _ in range(count):
            uses.note(token_id, today - timedelta(days=days_ago))
    path = f"{TOKENS}/{token_id}/uses"
    asked = owner.get(path).json()
    assert (len(asked["items"]), asked["total"]) == (30, 3)
    assert asked["items"][-1] == {"day": today.date().isoformat(), "uses": 2}
    assert asked["items"][-4]["uses"] == 1
    assert owner.get(f"{path}?days=41").json()["items"][0]["uses"] == 5
    table = owner.get(f"{path}?days=2&format=csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.text.splitlines()[2] == f"{today.date()},2"
    uses.note(token_id, today)
    assert owner.get(path).json()["items"][-1]["uses"] == 3  # added to what was written before
    assert stranger.get(path).status_code == 404
    assert owner.get(f"{path}?days=0").status_code == 422

    asked_before = owner.get(TOKENS).json()["items"][1]["use_count"]
    of_all = owner.get(f"{TOKENS}/uses").json()
    assert (of_all["total"], of_all["next_cursor"]) == (2, None)
    laptop, tests = of_all["items"]
    assert laptop == {"token_id": token_id, **owner.get(path).json()}
    assert (tests["total"], len(tests["items"])) == (asked_before + 1, 30)
    first = owner.get(f"{TOKENS}/uses?days=1&limit=1").json()
    assert first["items"] == [{"token_id": token_id, "items": laptop["items"][-1:], "total": 3}]
    rest = owner.get(f"{TOKENS}/uses?limit=1&cursor={first['next_cursor']}").json()
    assert [one["token_id"] for one in rest["items"]] == [tests["token_id"]]
    assert token_id not in [one["token_id"] for one in stranger.get(f"{TOKENS}/uses").json()["items"]]


def test_tokens__uses_of_one_revoked_meanwhile_are_forgotten(owner: Person, app: FastAPI) -> None:
    token_id = owner.post(TOKENS, json={"name": "laptop"}).json()["id"]
    owner.delete(f"{TOKENS}/{token_id}")
    app.state.token_uses.note(token_id, utc_now())
    app.state.token_uses.write()
    assert owner.get(f"{TOKENS}/{token_id}/uses").status_code == 404


def test_tokens__uses_that_another_is_writing_are_waited_for(
    owner: Person, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end, add = threading.Event(), threading.Event(), repository.add_token_uses

    def add_slowly(session: Session, token_id: int, *, day: date, count: int, last_at: datetime) -> None:
        began.set()
        assert may_end.wait(10)
        add(session, token_id, day=day, count=count, last_at=last_at)

    monkeypatch.setattr(repository, "add_token_uses", add_slowly)
    uses: TokenUses = app.state.token_uses
    token_id = owner.post(TOKENS, json={}).json()["id"]
    uses.note(token_id, utc_now())
    first, second = (threading.Thread(target=uses.write) for _ in range(2))
    first.start()
    assert began.wait(10)
    second.start()
    second.join(0.2)
    assert second.is_alive()
    may_end.set()
    first.join()
    second.join()
    assert owner.get(f"{TOKENS}/{token_id}/uses").json()["total"] == 1


def test_tokens__uses_wait_for_a_database_that_is_away(owner: Person, app: FastAPI) -> None:
    token_id = owner.get(TOKENS).json()["items"][0]["id"]
    uses: TokenUses = app.state.token_uses
    with session_scope() as session:
        session.execute(text("ALTER TABLE api_tokens RENAME TO gone"))
    uses.note(token_id, utc_now())
    with pytest.raises(DBAPIError):
        uses.write()
    with session_scope() as session:
        session.execute(text("ALTER TABLE gone RENAME TO api_tokens"))
    assert owner.get(TOKENS).json()["items"][0]["use_count"] == 3


def test_tokens__that_may_predict_hear_403_of_every_other_endpoint(owner: Person, client: TestClient) -> None:
    headers = {"X-Auth-token": owner.post(TOKENS, json={"scope": "predict"}).json()["token"]}
    opened = {"POST /api/v1/session", "GET /healthz", "GET /readyz"}  # by nobody in particular
    for path, operations in create_app().openapi()["paths"].items():
        for method in operations:
            if path.startswith("/api/predict/") or f"{method.upper()} {path}" in opened:
                continue
            answer = client.request(method, re.sub(r"{\w+}", "1", path), headers=headers)
            assert answer.status_code == 403, (method, path, answer.text)


def test_tokens__that_may_predict_do_nothing_else(owner: Person, project_id: int, client: TestClient) -> None:
    token = owner.post(TOKENS, json={"scope": "predict"}).json()["token"]
    headers = {"X-Auth-token": token}
    for path in (ME, TOKENS, "/api/v1/projects", f"/api/v1/projects/{project_id}"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 403
        assert "predict" in answer.json()["error"]
    predicted = client.post(f"/api/predict/{project_id}/none", content=b"x", headers=headers)
    assert predicted.status_code == 404  # allowed, but there is no such model


def test_tokens__for_one_project_open_that_one_only(owner: Person, project_id: int, client: TestClient) -> None:
    other = owner.post("/api/v1/projects", json={"name": "Other"}).json()["id"]
    token = owner.post(TOKENS, json={"project_id": project_id}).json()["token"]
    headers = {"X-Auth-token": token}
    assert client.get(f"/api/v1/projects/{project_id}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/projects/{other}", headers=headers).status_code == 404
    assert [item["id"] for item in client.get("/api/v1/projects", headers=headers).json()["items"]] == [project_id]
    assert client.post("/api/v1/projects", json={"name": "X"}, headers=headers).status_code == 403
    assert client.post(TOKENS, json={}, headers=headers).status_code == 403
    assert client.patch(ME, json={"name": "X"}, headers=headers).status_code == 403


def test_tokens__for_a_project_that_one_may_not_see_are_refused(stranger: Person, project_id: int) -> None:
    assert stranger.post(TOKENS, json={"project_id": project_id}).status_code == 404


def test_users__are_made_by_instance_admins(make_person: Callable[..., Person], client: TestClient) -> None:
    root = make_person("root", is_admin=True)
    body = {"email": "Ann@Example.com", "password": "another long password", "name": "Ann"}
    made = root.post("/api/v1/users/", json=body)
    assert made.status_code == 201
    assert made.json()["email"] == "ann@example.com"
    assert "password" not in made.text
    assert root.post("/api/v1/users", json=body).status_code == 409
    assert [user["email"] for user in root.get("/api/v1/users").json()["items"]] == [
        "ann@example.com",
        "root@example.com",
    ]
    signed_in = client.post(SESSION, json={"email": "ann@example.com", "password": "another long password"})
    assert signed_in.status_code == 200


def test_users__are_found_by_a_part_of_their_name_or_email(make_person: Callable[..., Person]) -> None:
    root = make_person("root", is_admin=True)
    for email, name in (("ann@example.com", "Ann Lee"), ("100%@example.com", ""), ("zoe@lees.example", "")):
        body = {"email": email, "password": "another long password", "name": name}
        assert root.post("/api/v1/users", json=body).status_code == 201

    def found(part: str) -> list[str]:
        page = root.get("/api/v1/users", params={"q": part, "limit": 1}).json()
        rest = root.get("/api/v1/users", params={"q": part, "cursor": page["next_cursor"]}).json()
        users = page["items"] + (rest["items"] if page["next_cursor"] else [])
        assert page["total"] == len(users)
        return [user["email"] for user in users]

    assert found("LEE") == ["ann@example.com", "zoe@lees.example"]
    assert found("0%@") == ["100%@example.com"]
    assert found("nobody") == []


def test_users__choose_a_password_of_their_own_for_one_they_were_given(
    make_person: Callable[..., Person], client: TestClient
) -> None:
    root = make_person("root", is_admin=True)
    assert root.get(ME).json()["password_origin"] == "own"
    given = {"email": "ann@example.com", "password": "a given password"}
    user_id = root.post("/api/v1/users", json=given).json()["id"]
    for _ in ("the first one", "another after she lost hers"):
        me = client.post(SESSION, json=given).json()
        assert me["password_origin"] == "given"
        headers = {CSRF_HEADER: me["csrf_token"]}
        assert client.get("/api/v1/projects").status_code == 200  # scripts that sign in go on working
        same = {"password": given["password"], "current_password": given["password"]}
        refused = client.patch(ME, json=same, headers=headers)
        assert (refused.status_code, "choose another" in refused.json()["error"]) == (422, True)
        assert client.patch(ME, json={"name": "Ann"}, headers=headers).json()["password_origin"] == "given"
        own = same | {"password": "one of my own"}
        assert client.patch(ME, json=own, headers=headers).json()["password_origin"] == "own"
        assert client.get(ME).json()["password_origin"] == "own"
        given["password"] = "another given password"
        assert root.patch(f"/api/v1/users/{user_id}", json={"password": given["password"]}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"email": "no address"}, {"password": "short"}, {"nmae": "Ann"}, {"password": None}, {"is_admin": "maybe"}],
)
def test_users__refuses_what_breaks_a_rule(make_person: Callable[..., Person], change: dict[str, object]) -> None:
    root = make_person("root", is_admin=True)
    body = {"email": "ann@example.com", "password": "another long password"} | change
    answer = root.post("/api/v1/users", json=body)
    assert answer.status_code == 422
    assert next(iter(change)) in answer.json()["error"]
    assert root.get("/api/v1/users").json()["total"] == 1


def test_users__are_closed_and_opened_again_by_a_new_password(
    make_person: Callable[..., Person], client: TestClient
) -> None:
    root, ann = make_person("root", is_admin=True), make_person("ann")
    root.patch(f"/api/v1/users/{ann.user_id}", json={"password": "a first long password"})
    sign_in = {"email": ann.email, "password": "a first long password"}
    csrf = client.post(SESSION, json=sign_in).json()["csrf_token"]
    assert csrf
    assert client.get(ME).status_code == 200

    closed = root.post(f"/api/v1/users/{ann.user_id}/close")
    assert (closed.status_code, closed.json()["is_closed"]) == (200, True)
    assert client.get(ME).status_code == 401
    assert ann.get(ME).status_code == 401  # her token
    assert client.post(SESSION, json=sign_in).status_code == 401
    assert client.post(SESSION, json=sign_in | {"password": ""}).status_code == 401

    opened = root.patch(f"/api/v1/users/{ann.user_id}", json={"password": "a second long password"})
    assert opened.json()["is_closed"] is False
    assert client.post(SESSION, json=sign_in).status_code == 401
    assert client.post(SESSION, json=sign_in | {"password": "a second long password"}).status_code == 200


def test_users__get_a_name_and_become_administrators(make_person: Callable[..., Person]) -> None:
    root, ann = make_person("root", is_admin=True), make_person("ann")
    changed = root.patch(f"/api/v1/users/{ann.user_id}", json={"name": " Ann Lee ", "is_admin": True}).json()
    assert (changed["name"], changed["is_admin"]) == ("Ann Lee", True)
    assert ann.patch(f"/api/v1/users/{root.user_id}", json={"is_admin": False}).status_code == 200
    assert root.get("/api/v1/users").status_code == 403


def test_users__an_administrator_is_always_left(make_person: Callable[..., Person]) -> None:
    root = make_person("root", is_admin=True)
    mine = f"/api/v1/users/{root.user_id}"
    assert root.patch(mine, json={"is_admin": False}).status_code == 409
    assert root.post(f"{mine}/close").status_code == 409
    assert root.patch(mine, json={"password": "another long password"}).status_code == 403
    assert root.patch("/api/v1/users/999", json={"name": "X"}).status_code == 404
    assert root.get(ME).json()["is_admin"] is True


def test_users__are_none_of_others_business(owner: Person) -> None:
    assert owner.get("/api/v1/users").status_code == 403
    assert owner.post("/api/v1/users", json={"email": "a@b.c", "password": "x" * 12}).status_code == 403


def test_lists__go_on_from_a_cursor(owner: Person) -> None:
    for number in range(4):
        owner.post(TOKENS, json={"name": str(number)})
    first = owner.get(TOKENS, params={"limit": 3}).json()
    assert [item["name"] for item in first["items"]] == ["3", "2", "1"]
    assert first["total"] == 5
    second = owner.get(TOKENS, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [item["name"] for item in second["items"]] == ["0", "tests"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "WyJhIl0"}]
)
def test_lists__refuse_a_wrong_page(owner: Person, params: dict[str, str]) -> None:
    answer = owner.get(TOKENS, params=params)
    assert answer.status_code == 422
    assert next(iter(params)) in answer.json()["error"]


def test_preferences__are_kept_by_person_and_laid_over_each_other(owner: Person, labeler: Person) -> None:
    assert owner.get(ME).json()["preferences"] == {}
    owner.request("PATCH", ME, json={"preferences": {"keys": {"undo": ["ctrl+u"]}, "panels": False}})
    answer = owner.request("PATCH", ME, json={"preferences": {"panels": None, "fill": 24}})
    assert answer.status_code == 200
    kept = {"keys": {"undo": ["ctrl+u"]}, "fill": 24}
    assert answer.json()["preferences"] == owner.get(ME).json()["preferences"] == kept
    assert labeler.get(ME).json()["preferences"] == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("preferences", [[], "x", {"": 1}, {"n" * 101: 1}, {"note": "x" * MAX_PREFERENCES_BYTES}])
def test_preferences__that_cannot_be_kept_change_nothing(owner: Person, preferences: Any) -> None:
    owner.request("PATCH", ME, json={"preferences": {"panels": False}})
    assert owner.request("PATCH", ME, json={"preferences": preferences}).status_code == 422
    assert owner.get(ME).json()["preferences"] == {"panels": False}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", ["NaN", '"\\ud800"'])
def test_preferences__that_no_answer_could_hold_are_refused(owner: Person, value: str) -> None:
    body = f'{{"preferences": {{"note": {value}}}}}'
    answer = owner.request("PATCH", ME, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert owner.get(ME).json()["preferences"] == {}
