"""Listing, showing and deleting images over HTTP."""

import io
from typing import Any

import pytest
from PIL import Image as PillowImage

from app.db.engine import session_scope
from app.db.models import Image
from app.settings import Settings
from tests.conftest import Person
from tests.images.conftest import Upload
from tests.images.pictures import encoded, jpeg, png
from tests.labels.conftest import FIRST_ID, SECOND_ID, Labeled, labels, make_image, polygon_instance

__all__ = ["labels", "make_image"]  # fixtures


class Gallery:
    """A project's images over HTTP."""

    def __init__(self, person: Person, project_id: int) -> None:
        self.person, self.path = person, f"/api/v1/projects/{project_id}/images"

    def page(self, **query: Any) -> Any:
        answer = self.person.get(self.path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, **query: Any) -> list[str]:
        return [item["name"] for item in self.page(**query)["items"]]

    def all_names(self, *, limit: int, **query: Any) -> list[str]:
        """The names of every page, one after another."""
        page = self.page(limit=limit, **query)
        names = [item["name"] for item in page["items"]]
        while page["next_cursor"] is not None:
            page = self.page(limit=limit, cursor=page["next_cursor"], **query)
            assert page["items"]
            names += [item["name"] for item in page["items"]]
        assert len(names) == page["total"]
        return names


@pytest.fixture
def gallery(labeler: Person, project_id: int) -> Gallery:
    return Gallery(labeler, project_id)


@pytest.fixture
def filled(gallery: Gallery, upload: Upload, labels: dict[str, int], project_id: int) -> dict[str, int]:
    """Five images: b has two figs, c a fig and a date, d a date; a and d are for validation. Ids by name."""
    items = upload({f"{name}.png": png(10, 8, (number, 0, 0)) for number, name in enumerate("cabed")})["items"]
    ids = {item["name"][0]: item["id"] for item in items}
    saves = {
        "b": [polygon_instance(FIRST_ID), polygon_instance(SECOND_ID)],
        "c": [polygon_instance(FIRST_ID), polygon_instance(SECOND_ID, "date")],
        "d": [polygon_instance(FIRST_ID, "date")],
    }
    for name, instances in saves.items():
        Labeled(gallery.person, project_id, ids[name]).put(*instances)
    body = {"image_ids": [ids["a"], ids["d"]], "validation": True}
    gallery.person.put(f"/api/v1/projects/{project_id}/validation", json=body)
    return ids


def test_list_images__tells_what_a_gallery_shows(
    gallery: Gallery, filled: dict[str, int], labels: dict[str, int]
) -> None:
    page = gallery.page()
    assert (page["total"], page["next_cursor"]) == (5, None)
    first = page["items"][0]
    assert first.pop("uploaded_by") == gallery.person.user_id
    times = {key: first.pop(key) for key in ("created_at", "changed_at")}
    assert times["changed_at"] > times["created_at"]
    assert first == {
        "id": filled["c"],
        "name": "c.png",
        "width": 10,
        "height": 8,
        "media_type": "image/png",
        "byte_size": first["byte_size"],
        "labeled": True,
        "validation": False,
        "background": False,
        "instance_count": 2,
        "draft_count": 0,
        "label_counts": [
            {"label_id": labels["fig"], "label": "fig", "count": 1},
            {"label_id": labels["date"], "label": "date", "count": 1},
        ],
        "revision": 1,
    }


SORTED = {
    "id": "cabed",
    "-id": "debac",
    "name": "abcde",
    "-name": "edcba",
    "created": "cabed",
    "-created": "debac",
    "changed": "ebcad",
    "-changed": "dacbe",
    "instances": "aedcb",
    "-instances": "bcdea",
}


def test_list_images__sorts_and_pages_without_a_gap(gallery: Gallery, filled: dict[str, int]) -> None:
    expected = {sort: [f"{name}.png" for name in names] for sort, names in SORTED.items()}
    assert {sort: gallery.all_names(limit=2, sort=sort) for sort in SORTED} == expected
    assert {sort: gallery.names(sort=sort) for sort in SORTED} == expected


FILTERED: list[tuple[dict[str, str], str]] = [
    ({"label": "fig"}, "cb"),
    ({"label": "date"}, "cd"),
    ({"labeled": "true"}, "cbd"),
    ({"labeled": "false"}, "ae"),
    ({"validation": "true"}, "ad"),
    ({"validation": "false"}, "cbe"),
    ({"q": "B.P"}, "b"),
    ({"q": "%"}, ""),
    ({"q": "_"}, ""),
    ({"label": "date", "validation": "true"}, "d"),
    ({"labeled": "true", "validation": "false", "q": "c"}, "c"),
]


def test_list_images__filters(gallery: Gallery, filled: dict[str, int]) -> None:
    for query, expected in FILTERED:
        assert gallery.names(**query) == [f"{name}.png" for name in expected], query
        up, down = gallery.names(sort="instances", **query), gallery.all_names(limit=1, sort="-instances", **query)
        assert up == down[::-1], query
        ids = gallery.person.get(f"{gallery.path}/ids", params=query).json()
        assert ids == {"items": [filled[name] for name in expected], "total": len(expected)}, query


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_list_images__takes_a_label_by_its_id(gallery: Gallery, filled: dict[str, int], labels: dict[str, int]) -> None:
    assert gallery.names(label=labels["date"]) == ["c.png", "d.png"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        {"label": "grape"},
        {"label": "99999999999999999999"},
        {"sort": "color"},
        {"labeled": "perhaps"},
        {"limit": 0},
        {"limit": 1001},
        {"cursor": "nonsense"},
        {"cursor": "WyJhIl0"},
        {"q": "a\0b"},
        {"q": "x" * 501},
    ],
)
def test_list_images__says_what_a_query_has_wrong(gallery: Gallery, query: dict[str, Any]) -> None:
    answer = gallery.person.get(gallery.path, params=query)
    assert answer.status_code == 422
    assert next(iter(query)) in answer.json()["error"]


def test_list_images__keeps_projects_apart(gallery: Gallery, upload: Upload, owner: Person) -> None:
    upload({"a.png": png()})
    other = owner.post("/api/v1/projects", json={"name": "other"}).json()["id"]
    assert Gallery(owner, other).page() == {"items": [], "next_cursor": None, "total": 0}


def test_read_image__knows_its_neighbours_under_a_filter(
    gallery: Gallery, filled: dict[str, int], project_id: int
) -> None:
    def neighbours(name: str, **query: Any) -> tuple[int | None, int | None]:
        item = gallery.person.get(f"/api/v1/images/{filled[name]}", params=query).json()
        assert item["project_id"] == project_id
        return item["previous_id"], item["next_id"]

    assert neighbours("a") == (filled["c"], filled["b"])
    assert neighbours("c") == (None, filled["a"])
    assert neighbours("d", sort="-name") == (filled["e"], filled["c"])
    assert neighbours("a", labeled="true") == (filled["c"], filled["b"])
    assert neighbours("d", label="date") == (filled["c"], None)


def test_delete_images__takes_their_labels_and_files_along(
    gallery: Gallery, filled: dict[str, int], app_env: Settings
) -> None:
    def file_count() -> int:
        return sum(path.is_file() for path in (app_env.data_dir / "storage").rglob("*"))

    assert file_count() == 10
    assert gallery.person.delete(f"/api/v1/images/{filled['b']}").status_code == 204
    answer = gallery.person.request("DELETE", gallery.path, json={"image_ids": [filled["c"], filled["a"]]})
    assert (answer.status_code, answer.json()) == (200, {"deleted": 2})
    assert gallery.names() == ["e.png", "d.png"]
    assert file_count() == 4
    assert gallery.person.get(f"/api/v1/images/{filled['b']}").status_code == 404
    labels_path = gallery.path.replace("images", "labels")
    counts = {label["name"]: label["instance_count"] for label in gallery.person.get(labels_path).json()["items"]}
    assert counts == {"fig": 0, "date": 1}


def test_delete_images__of_which_one_is_missing_deletes_none(gallery: Gallery, filled: dict[str, int]) -> None:
    answer = gallery.person.request("DELETE", gallery.path, json={"image_ids": [filled["c"], 9999]})
    assert answer.status_code == 404
    assert "9999" in answer.json()["error"]
    assert gallery.page()["total"] == 5


def test_delete_images__never_gives_an_id_twice(gallery: Gallery, upload: Upload) -> None:
    (first,) = upload({"a.png": png()})["items"]
    gallery.person.delete(f"/api/v1/images/{first['id']}")
    (second,) = upload({"a.png": png()})["items"]
    assert second["id"] > first["id"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_image_file__is_cached_whole_or_in_parts_and_harmless(gallery: Gallery, upload: Upload) -> None:
    data = png(30, 20)
    (item,) = upload({'box/f ī"g.png': data})["items"]
    path = f"/api/v1/images/{item['id']}/file"
    whole = gallery.person.get(path)
    assert (whole.content, whole.headers["Content-Type"]) == (data, "image/png")
    assert whole.headers["Content-Disposition"] == "inline; filename*=UTF-8''f%20%C4%AB%22g.png"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert "immutable" in whole.headers["Cache-Control"]
    fresh = gallery.person.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (fresh.status_code, fresh.content) == (304, b"")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_image_file__comes_in_ranges(gallery: Gallery, upload: Upload) -> None:
    data = png(30, 20)
    (item,) = upload({"a.png": data})["items"]

    def part(asked: str, **headers: str) -> Any:
        return gallery.person.get(f"/api/v1/images/{item['id']}/file", headers={"Range": asked, **headers})

    for asked, expected in {"bytes=2-5": data[2:6], "bytes=10-": data[10:], "bytes=-4": data[-4:]}.items():
        answer = part(asked)
        assert (answer.status_code, answer.content) == (206, expected)
    assert part("bytes=2-5").headers["Content-Range"] == f"bytes 2-5/{len(data)}"
    for asked in ("bytes=9999-", "bytes=5-2"):
        assert part(asked).status_code == 416
    for asked in ("items=1-2", "bytes=1-2,4-5", "bytes=-"):
        assert (part(asked).status_code, part(asked).content) == (200, data)
    assert part("bytes=2-5", **{"If-Range": '"other"'}).status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", [(40, 30), (2000, 1000)])
def test_thumbnail__is_small_and_upright(gallery: Gallery, upload: Upload, size: tuple[int, int]) -> None:
    (item,) = upload({"a.jpg": jpeg(*size, orientation=6)})["items"]
    answer = gallery.person.get(f"/api/v1/images/{item['id']}/thumbnail")
    assert answer.headers["Content-Type"] == "image/jpeg"
    with PillowImage.open(io.BytesIO(answer.content)) as thumbnail:
        assert thumbnail.size == ((30, 40) if size == (40, 30) else (256, 512))


SHOWN_AS_IT_IS = {"a.png": png(), "b.jpg": jpeg(20, 10, orientation=6)}
ORANGE_IN_16_BITS = PillowImage.new("I;16", (9, 7), 700)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SHOWN_AS_IT_IS)
def test_display__is_the_file_where_browsers_can_show_it(gallery: Gallery, upload: Upload, name: str) -> None:
    (item,) = upload({name: SHOWN_AS_IT_IS[name]})["items"]
    answer = gallery.person.get(f"/api/v1/images/{item['id']}/display")
    assert answer.content == SHOWN_AS_IT_IS[name]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert gallery.person.get(f"/api/v1/images/{item['id']}/display", headers=tag).status_code == 304


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("data", "size"),
    [
        (encoded(PillowImage.new("RGB", (9, 7), (230, 120, 30)), "TIFF"), (9, 7)),
        (encoded(ORANGE_IN_16_BITS, "PNG"), (9, 7)),
        (encoded(PillowImage.new("RGB", (70_000, 1)), "TIFF"), (70_000, 1)),
    ],
)
def test_display__is_a_picture_made_of_what_they_cannot(
    gallery: Gallery, upload: Upload, data: bytes, size: tuple[int, int]
) -> None:
    (item,) = upload({"a.tif": data})["items"]
    answer = gallery.person.get(f"/api/v1/images/{item['id']}/display")
    assert answer.headers["Content-Type"] == ("image/jpeg" if size == (9, 7) else "image/png")
    with PillowImage.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == size


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_image_file__that_the_storage_lost_is_not_found(gallery: Gallery, upload: Upload, app_env: Settings) -> None:
    (item,) = upload({"a.png": png()})["items"]
    with session_scope(read_only=True) as session:
        key = session.get_one(Image, item["id"]).storage_key
    (app_env.data_dir / "storage" / key).unlink()
    answer = gallery.person.get(f"/api/v1/images/{item['id']}/file")
    assert answer.status_code == 404
    assert "storage" in answer.json()["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_images__are_for_members(people: dict[str, Person], upload: Upload, project_id: int) -> None:
    (item,) = upload({"a.png": png()})["items"]
    ends = ("", "/file", "/thumbnail", "/display")
    paths = [f"/api/v1/projects/{project_id}/images", *(f"/api/v1/images/{item['id']}{end}" for end in ends)]
    for name, person in people.items():
        expected = {"stranger": 404, "anonymous": 401}.get(name, 200)
        assert [person.get(path).status_code for path in paths] == [expected] * 5, name
    assert people["stranger"].delete(f"/api/v1/images/{item['id']}").status_code == 404
    unknown = people["owner"].get("/api/v1/images/9999").json()["error"]
    hidden = people["stranger"].get(f"/api/v1/images/{item['id']}").json()["error"]
    assert unknown.replace("9999", "N") == hidden.replace(str(item["id"]), "N")
