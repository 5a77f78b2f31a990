"""Images of one set that show nearly the same as one of the other are told with the intervals."""

import pytest

from app.db.engine import session_scope
from app.db.enums import Split
from app.db.models import Image
from app.masks.prediction_table import PredictionTable
from tests.conftest import Person
from tests.statistics.scene import FIRST_FOUND, FIRST_TRUTH, SECOND_FOUND, SECOND_TRUTH, Scene, judged
from tests.trained import CLASS_NAMES, store_trained_model

LOOK = 0x0F0F_3C3C_5A5A_6969


@pytest.mark.parametrize(("other_look", "expected"), [(LOOK ^ 0b11, 1), (~LOOK, 0)])
def test_uncertainty__counts_images_with_a_near_duplicate_in_the_other_set(
    owner: Person, scene: Scene, other_look: int, expected: int
) -> None:
    with session_scope() as session:
        session.get_one(Image, scene.first).fingerprint = LOOK
        session.get_one(Image, scene.second).fingerprint = other_look
    tables = {
        Split.VALIDATION: PredictionTable(tuple(CLASS_NAMES), (judged(scene.first, FIRST_TRUTH, FIRST_FOUND),)),
        Split.TRAINING: PredictionTable(tuple(CLASS_NAMES), (judged(scene.second, SECOND_TRUTH, SECOND_FOUND),)),
    }
    model_id = store_trained_model(scene.project_id, tables=tables)
    for split in Split:
        answer = owner.get(f"/api/v1/models/{model_id}/statistics/uncertainty", params={"split": split})
        assert answer.status_code == 200, answer.text
        assert answer.json()["images_near_duplicates_across"] == expected
