import pytest

from tests.conftest import Person
from tests.statistics.scene import FIRST_FOUND, FIRST_TRUTH, SECOND_FOUND, SECOND_TRUTH, Scene, judged, label_scene


@pytest.fixture
def scene(owner: Person, project_id: int) -> Scene:
    return label_scene(owner, project_id)


@pytest.fixture
def scene_model(scene: Scene) -> str:
    """The path of a model that predicted on both images."""
    images = [judged(scene.first, FIRST_TRUTH, FIRST_FOUND), judged(scene.second, SECOND_TRUTH, SECOND_FOUND)]
    return f"/api/v1/models/{scene.add_model('m', images)}"
