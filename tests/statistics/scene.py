"""Two labeled images of a project, and models that look trained and have predicted on them."""

from dataclasses import dataclass

import numpy as np

from app.db.engine import session_scope
from app.db.enums import Split
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from app.masks.rle import encode_mask
from tests.conftest import Person
from tests.trained import CLASS_NAMES, store_trained_model
from tests.training.labeled import SIDE_PX, add_image

FIG, THIRD_FIG, NUT, OTHER_NUT = (f"00000000-0000-0000-0000-00000000000{number}" for number in range(1, 5))


@dataclass(frozen=True, slots=True)
class Square:
    """An object or a prediction; `key` is an instance's id or a score."""

    label: str
    left: int
    top: int
    side: int
    key: str | float

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.left + self.side, self.top + self.side

    def mask(self) -> np.ndarray:
        mask = np.zeros((SIDE_PX, SIDE_PX), dtype=bool)
        mask[self.top : self.top + self.side, self.left : self.left + self.side] = True
        return mask

    def instance(self) -> dict[str, object]:
        left, top, right, bottom = self.box
        ring = [[left, top], [right, top], [right, bottom], [left, bottom]]
        return {"id": self.key, "label": self.label, "polygons": [{"exterior": ring, "holes": []}]}


# On the first image: a fig found, a fig missed, a nut called a fig (and faintly a nut), and a nut imagined.
FIRST_TRUTH = (
    Square("fig", 4, 4, 16, FIG),
    Square("nut", 30, 4, 16, NUT),
    Square("fig", 4, 30, 16, THIRD_FIG),
)
FIRST_FOUND = (
    Square("fig", 4, 4, 16, 0.9),
    Square("fig", 30, 4, 16, 0.8),
    Square("nut", 30, 4, 16, 0.3),
    Square("nut", 44, 44, 12, 0.7),
)
# On the second: a nut found, two pixels beside it.
SECOND_TRUTH = (Square("nut", 10, 10, 20, OTHER_NUT),)
SECOND_FOUND = (Square("nut", 12, 10, 20, 0.95),)
SHIFTED_IOU = 18 / 22


@dataclass(frozen=True, slots=True)
class Scene:
    project_id: int
    first: int
    second: int

    def add_model(self, name: str, images: list[ImagePredictions]) -> int:
        tables = {
            Split.VALIDATION: PredictionTable(tuple(CLASS_NAMES), tuple(images)),
            Split.TRAINING: PredictionTable(tuple(CLASS_NAMES), ()),
        }
        return store_trained_model(self.project_id, name=name, tables=tables)


def label_scene(owner: Person, project_id: int) -> Scene:
    """Label the two images."""
    with session_scope() as session:
        first, second = (add_image(session, project_id, name, in_validation=True).id for name in ("b.png", "a.png"))
    for label in CLASS_NAMES:
        assert owner.post(f"/api/v1/projects/{project_id}/labels", json={"name": label}).status_code == 201
    for image_id, truth in ((first, FIRST_TRUTH), (second, SECOND_TRUTH)):
        save_instances(owner, image_id, truth)
    return Scene(project_id, first, second)


def save_instances(person: Person, image_id: int, truth: tuple[Square, ...]) -> None:
    body = {"items": [square.instance() for square in truth]}
    saved = person.put(f"/api/v1/images/{image_id}/instances", json=body, headers={"If-Match": "*"})
    assert saved.status_code == 200, saved.text


def judged(image_id: int, truth: tuple[Square, ...], found: tuple[Square, ...]) -> ImagePredictions:
    return image_predictions(
        image_id=image_id,
        height=SIDE_PX,
        width=SIDE_PX,
        predicted=[encode_mask(square.mask()) for square in found],
        boxes_xyxy=[square.box for square in found],
        scores=[float(square.key) for square in found],
        prediction_classes=[CLASS_NAMES.index(square.label) for square in found],
        truth=[encode_mask(square.mask()) for square in truth],
        truth_ids=[str(square.key) for square in truth],
        truth_classes=[CLASS_NAMES.index(square.label) for square in truth],
        truth_is_crowd=[False] * len(truth),
    )
