"""Images on which nothing is to be labeled, in a training."""

import pytest

from app.db.engine import session_scope
from app.db.enums import Split
from app.db.models import Model
from app.storage.blobs import get_blob_store
from app.training.snapshot import from_json_bytes
from tests.conftest import Person
from tests.training.labeled import add_image, add_labeled_images


@pytest.mark.parametrize("in_validation", [False, True])
def test_start_training__takes_background_too(project_id: int, owner: Person, in_validation: bool) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"] * 4, in_validation=[1] if in_validation else [])
        empty = add_image(session, project_id, "empty.png", in_validation=in_validation, is_background=True).id
        add_image(session, project_id, "not looked at.png")
    model = owner.post(f"/api/v1/projects/{project_id}/models", json={"name": "m", "validation_percent": 20}).json()
    expected = (3, 2) if in_validation else (4, 1)
    assert (model["training_image_count"], model["validation_image_count"]) == expected
    with session_scope(read_only=True) as session:
        snapshot_key = session.get_one(Model, model["id"]).snapshot_key
    frozen = from_json_bytes(get_blob_store().read_bytes(snapshot_key))
    (background,) = [image for image in frozen.images if not image.instances]
    assert (background.image_id, background.split is Split.VALIDATION) == (empty, in_validation)


def test_start_training__has_objects_on_both_sides(project_id: int, owner: Person) -> None:
    """Background alone would judge nothing."""
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"])
        for number in range(4):
            add_image(session, project_id, f"empty {number}.png", in_validation=number == 0, is_background=True)
    path = f"/api/v1/projects/{project_id}/models"
    drawn = owner.post(path, json={"name": "m"})
    assert (drawn.status_code, "only one image is labeled" in drawn.json()["error"]) == (422, True)
    marked = owner.post(path, json={"name": "m", "use_validation_set": True})
    assert (marked.status_code, "no labeled image is marked" in marked.json()["error"]) == (422, True)
