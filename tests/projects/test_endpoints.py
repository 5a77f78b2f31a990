"""Projects and their members over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import ModelSize, ModelStatus, Role
from app.db.models import Image, ImageClassCount, LabelClass, Membership, Model, Project, User
from app.db.totals import recount_project
from app.errors import Conflict
from app.paging import PageParams
from app.projects import service
from app.projects.access import Access, require_image_role, require_model_role, require_project_role
from app.projects.schemas import ProjectQuery
from app.storage.blobs import get_blob_store
from app.training.snapshot import TrainingConfig
from tests.conftest import Person

PROJECTS = "/api/v1/projects"
CONFIG = TrainingConfig(
    image_size=64,
    train_minutes=1,
    stop_minutes=1,
    use_validation_set=True,
    validation_percent=20,
    learning_rate=None,
    seed=0,
    max_steps=None,
)


def add_image(
    project_id: int, name: str, *, instance_count: int = 0, in_validation: bool = False, media_type: str = "image/png"
) -> int:
    """Put an image's row into a project; its file is not needed here."""
    with session_scope() as session:
        image = Image(
            project_id=project_id,
            name=name,
            width=4,
            height=3,
            byte_size=1,
            media_type=media_type,
            content_hash="0" * 64,
            storage_key=f"projects/{project_id}/images/{name}",
            thumbnail_key=f"projects/{project_id}/thumbnails/{name}",
            instance_count=instance_count,
            in_validation=in_validation,
        )
        session.add(image)
        session.flush()
        return image.id


def add_model(project_id: int, name: str) -> int:
    with session_scope() as session:
        model = Model(
            project_id=project_id,
            name=name,
            size=ModelSize.SMALL,
            status=ModelStatus.READY,
            config=CONFIG.to_dict(),
            class_names=["fig"],
            snapshot_key=f"projects/{project_id}/snapshot",
            training_image_count=1,
            validation_image_count=1,
        )
        session.add(model)
        session.flush()
        return model.id


@contextmanager
def counted_queries(session: Session) -> Iterator[list[str]]:
    """Collects the statements that a session sends."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def members_path(project_id: int, user_id: int | None = None) -> str:
    return f"{PROJECTS}/{project_id}/members" + (f"/{user_id}" if user_id else "")


@pytest.mark.parametrize("path", [PROJECTS, PROJECTS + "/"])
def test_create_project__belongs_to_its_maker(owner: Person, path: str) -> None:
    made = owner.post(path, json={"name": "  Fruit "})
    assert made.status_code == 201
    assert made.json()["id"] == 1
    assert made.json()["name"] == "Fruit"
    assert made.json()["role"] == "Owner"
    assert owner.get(f"{path.rstrip('/')}/1/").json() == made.json()


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "   "}, {"name": "\u200b"}, {"name": "x" * 101}, {"name": None}, {"name": 3}, []],
)
def test_create_project__needs_a_name(owner: Person, body: object) -> None:
    answer = owner.post(PROJECTS, json=body)
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]


def test_get_project__counts_what_is_in_it(owner: Person, project_id: int) -> None:
    add_image(project_id, "a.png")
    labeled = add_image(project_id, "b.png", instance_count=3, in_validation=True)
    add_model(project_id, "first")
    with session_scope() as session:
        fig = LabelClass(project_id=project_id, name="fig", color="#E69F00", position=1)
        nut = LabelClass(project_id=project_id, name="nut", color="#56B4E9", position=0)
        session.add_all([fig, nut])
        session.flush()
        session.add(ImageClassCount(image_id=labeled, class_id=fig.id, instance_count=3))
        recount_project(session, project_id)
        ids = {"fig": fig.id, "nut": nut.id}
    project = owner.get(f"{PROJECTS}/{project_id}").json()
    assert (project["image_count"], project["labeled_count"], project["validation_count"]) == (2, 1, 1)
    assert project["model_count"] == 1
    assert project["cover_image_id"] == labeled
    assert project["label_counts"] == [
        {"label_id": ids["nut"], "label": "nut", "color": "#56B4E9", "count": 0},
        {"label_id": ids["fig"], "label": "fig", "color": "#E69F00", "count": 3},
    ]


def test_list_projects__shows_ones_own_with_the_role(owner: Person, developer: Person, stranger: Person) -> None:
    stranger.post(PROJECTS, json={"name": "Hidden"})
    for person, role in ((owner, "Owner"), (developer, "Developer")):
        listed = person.get(PROJECTS).json()
        assert [(item["name"], item["role"]) for item in listed["items"]] == [("Fruit", role)]
        assert listed["total"] == 1


def test_list_projects__shows_an_instance_admin_all(
    make_person: Callable[..., Person], project_id: int, stranger: Person
) -> None:
    root = make_person("root", is_admin=True)
    stranger.post(PROJECTS, json={"name": "Other"})
    listed = root.get(PROJECTS).json()
    assert [(item["name"], item["role"]) for item in listed["items"]] == [("Fruit", "Owner"), ("Other", "Owner")]
    assert listed["total"] == 2


def test_list_projects__in_pages(owner: Person) -> None:
    ids = [owner.post(PROJECTS, json={"name": str(n)}).json()["id"] for n in range(3)]
    first = owner.get(PROJECTS, params={"limit": 2}).json()
    second = owner.get(PROJECTS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert second["next_cursor"] is None


def test_rename_project__is_seen_at_once(owner: Person, project_id: int) -> None:
    with session_scope() as session:
        session.execute(update(Project).values(changed_at=utc_now() - timedelta(days=1)))
    before = owner.get(f"{PROJECTS}/{project_id}").json()["changed_at"]
    answer = owner.patch(f"{PROJECTS}/{project_id}/", json={"name": "Nuts"})
    assert answer.status_code == 200
    assert owner.get(f"{PROJECTS}/{project_id}").json() == answer.json()
    assert answer.json()["name"] == "Nuts"
    assert answer.json()["changed_at"] > before


def test_delete_project__takes_rows_and_files(owner: Person, labeler: Person, project_id: int) -> None:
    add_image(project_id, "a.png", instance_count=1)
    add_model(project_id, "first")
    kept = owner.post(PROJECTS, json={"name": "Kept"}).json()["id"]
    store = get_blob_store()
    store.put_bytes(f"projects/{project_id}/images/a.png", b"x")
    store.put_bytes(f"projects/{kept}/images/a.png", b"x")
    assert owner.delete(f"{PROJECTS}/{project_id}/").status_code == 204
    assert owner.get(f"{PROJECTS}/{project_id}").status_code == 404
    with session_scope(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 0
        assert session.scalar(select(func.count()).select_from(Model)) == 0
        assert session.scalars(select(Membership.project_id)).all() == [kept]
        assert session.scalar(select(func.count()).select_from(User)) == 2
    assert not store.exists(f"projects/{project_id}/images/a.png")
    assert store.exists(f"projects/{kept}/images/a.png")


def test_delete_project__its_id_is_never_given_again(owner: Person, project_id: int) -> None:
    owner.delete(f"{PROJECTS}/{project_id}")
    assert owner.post(PROJECTS, json={"name": "Next"}).json()["id"] > project_id


def test_add_member__is_a_labeler_unless_said_otherwise(owner: Person, stranger: Person, project_id: int) -> None:
    added = owner.post(members_path(project_id) + "/", json={"email": "Stranger@example.com"})
    assert added.status_code == 201
    assert added.json() == {
        "user_id": stranger.user_id,
        "email": "stranger@example.com",
        "name": "stranger",
        "role": "Labeler",
    }
    assert stranger.get(f"{PROJECTS}/{project_id}").json()["role"] == "Labeler"
    again = owner.post(members_path(project_id), json={"email": "stranger@example.com"})
    assert again.status_code == 409


def test_add_member__without_account_says_how_to_make_one(owner: Person, project_id: int) -> None:
    answer = owner.post(members_path(project_id), json={"email": "new@example.com"})
    assert answer.status_code == 404
    assert "on the page People, or POST /api/v1/users" in answer.json()["error"]
    assert "POST /api/v1/users" in answer.json()["error"]


@pytest.mark.parametrize(("given", "stored"), [("developer", "Developer"), ("ADMIN", "Admin"), ("Owner", "Owner")])
def test_add_member__takes_roles_in_any_case(
    owner: Person, stranger: Person, project_id: int, given: str, stored: str
) -> None:
    added = owner.post(members_path(project_id), json={"email": stranger.email, "role": given})
    assert added.json()["role"] == stored


def test_add_member__refuses_a_role_that_is_none(owner: Person, stranger: Person, project_id: int) -> None:
    answer = owner.post(members_path(project_id), json={"email": stranger.email, "role": "King"})
    assert answer.status_code == 422
    assert "role" in answer.json()["error"]


def test_list_members__by_email_in_pages(owner: Person, admin: Person, labeler: Person, project_id: int) -> None:
    first = labeler.get(members_path(project_id), params={"limit": 2}).json()
    second = labeler.get(members_path(project_id), params={"limit": 2, "cursor": first["next_cursor"]}).json()
    listed = [(item["email"].split("@")[0], item["role"]) for item in first["items"] + second["items"]]
    assert listed == [("admin", "Admin"), ("labeler", "Labeler"), ("owner", "Owner")]
    assert first["total"] == 3


def test_change_role__works_at_once(owner: Person, labeler: Person, project_id: int) -> None:
    path = members_path(project_id, labeler.user_id)
    assert owner.patch(path, json={"role": "Admin"}).json()["role"] == "Admin"
    assert labeler.patch(f"{PROJECTS}/{project_id}", json={"name": "Mine"}).status_code == 200
    assert owner.patch(members_path(project_id, 999), json={"role": "Admin"}).status_code == 404


def test_members__nobody_rises_above_their_own_role(
    owner: Person, admin: Person, stranger: Person, project_id: int
) -> None:
    assert admin.post(members_path(project_id), json={"email": stranger.email, "role": "Owner"}).status_code == 403
    assert admin.patch(members_path(project_id, admin.user_id), json={"role": "Owner"}).status_code == 403
    assert admin.patch(members_path(project_id, owner.user_id), json={"role": "Labeler"}).status_code == 403
    assert admin.delete(members_path(project_id, owner.user_id)).status_code == 403


def test_members__the_last_owner_stays(owner: Person, admin: Person, project_id: int) -> None:
    own = members_path(project_id, owner.user_id)
    for answer in (owner.delete(own), owner.patch(own, json={"role": "Admin"})):
        assert answer.status_code == 409
        assert "owner" in answer.json()["error"]
    assert owner.patch(own, json={"role": "Owner"}).status_code == 200
    owner.patch(members_path(project_id, admin.user_id), json={"role": "Owner"})
    assert owner.delete(own).status_code == 204
    assert owner.get(f"{PROJECTS}/{project_id}").status_code == 404


def test_remove_member__one_may_leave_but_not_remove_others(
    labeler: Person, developer: Person, project_id: int
) -> None:
    assert labeler.delete(members_path(project_id, developer.user_id)).status_code == 403
    assert labeler.delete(members_path(project_id, labeler.user_id)).status_code == 204
    assert labeler.get(f"{PROJECTS}/{project_id}").status_code == 404


def test_remove_member__of_another_project_is_not_there(owner: Person, project_id: int, stranger: Person) -> None:
    assert owner.delete(members_path(project_id, stranger.user_id)).status_code == 404


def test_what_may_not_be_seen__answers_as_what_does_not_exist(stranger: Person, project_id: int) -> None:
    image_id, model_id = add_image(project_id, "a.png"), add_model(project_id, "first")
    for path in (f"{PROJECTS}/%d", "/api/v1/images/%d/instances", "/api/v1/models/%d/statistics"):
        there = {f"{PROJECTS}/%d": project_id, "/api/v1/images/%d/instances": image_id}.get(path, model_id)
        hidden, missing = stranger.get(path % there), stranger.get(path % 999)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["error"].replace(str(there), "N") == missing.json()["error"].replace("999", "N")


def test_require_role__looks_up_the_project_of_images_and_models(
    owner: Person, labeler: Person, project_id: int
) -> None:
    image_id, model_id = add_image(project_id, "a.png"), add_model(project_id, "first")
    caller = Caller(user_id=labeler.user_id, is_admin=False, token_id=5)
    access = Access(user_id=labeler.user_id, project_id=project_id, role=Role.LABELER, token_id=5)
    with session_scope(read_only=True) as session:
        assert require_project_role(session, caller, project_id, Role.LABELER) == access
        assert require_image_role(session, caller, image_id, Role.LABELER) == access
        assert require_model_role(session, caller, model_id, Role.LABELER) == access


def test_service__refuses_to_leave_a_project_without_owner_when_two_leave(
    owner: Person, admin: Person, project_id: int
) -> None:
    owner.patch(members_path(project_id, admin.user_id), json={"role": "Owner"})
    access = Access(user_id=owner.user_id, project_id=project_id, role=Role.OWNER)
    with session_scope() as session:
        service.remove_member(session, access, user_id=admin.user_id)
        session.flush()
        with pytest.raises(Conflict):
            service.remove_member(session, access, user_id=owner.user_id)


def test_count_labels__asks_the_same_number_of_queries_for_any_number_of_projects(owner: Person) -> None:
    caller = Caller(user_id=owner.user_id, is_admin=False)
    counts = []
    for _ in range(2):
        owner.post(PROJECTS, json={"name": "one more"})
        with session_scope(read_only=True) as session, counted_queries(session) as queries:
            service.list_projects(session, caller, ProjectQuery(), PageParams())
        counts.append(len(queries))
    assert counts[0] == counts[1]
