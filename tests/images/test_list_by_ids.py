"""Lists of chosen images, as a gallery asks for those that are in sight."""

import pytest

from tests.conftest import Person
from tests.images.conftest import Upload
from tests.images.pictures import png


def test_list_images__by_ids_in_the_order_asked_for(labeler: Person, project_id: int, upload: Upload) -> None:
    items = upload({"a.png": png(), "b.png": png(9, 9), "c.png": png(7, 7)})["items"]
    ids = {item["name"]: item["id"] for item in items}

    answer = labeler.get(f"/api/v1/projects/{project_id}/images?ids={ids['a.png']},{ids['c.png']},999999&sort=-name")

    assert [item["name"] for item in answer.json()["items"]] == ["c.png", "a.png"]
    assert answer.json()["total"] == 2


@pytest.mark.parametrize("ids", ["1,x", "1,,2", "-1", ",".join(["1"] * 2001), "1" * 19])
def test_list_images__refuses_ids_that_are_none(labeler: Person, project_id: int, ids: str) -> None:
    answer = labeler.get(f"/api/v1/projects/{project_id}/images?ids={ids}")

    assert answer.status_code == 422
    assert "ids" in answer.json()["error"]
