"""Draft labels of a model that sees every object of the scenes, with scores that fall from object to object.

Run as a program in the environment of a server, because rows are written past its REST API:
`python -m tests.e2e.drafted IMAGE_ID=SCENE_SEED...`
"""

import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from app.db.draft_totals import recount_drafts
from app.db.engine import session_scope
from app.db.models import DraftInstance, Image, LabelClass
from app.masks.rle import encode_mask
from tests.e2e.conftest import Server
from tests.scenes import draw_scene

REPOSITORY = Path(__file__).parents[2]
BEST_SCORE = 0.95
SCORE_STEP = 0.1
SOURCE = "model:fruit"


def plant_drafts(server: Server, seeds: Mapping[int, int]) -> None:
    """Draft the objects of images, given the seeds of their scenes; their labels must be in the project."""
    pairs = [f"{image_id}={seed}" for image_id, seed in seeds.items()]
    command = [sys.executable, "-m", "tests.e2e.drafted", *pairs]
    done = subprocess.run(command, capture_output=True, text=True, env=server.environment, cwd=REPOSITORY, check=False)
    assert done.returncode == 0, done.stderr


def _plant(image_id: int, seed: int) -> None:
    with session_scope() as session:
        image = session.get_one(Image, image_id)
        classes = session.scalars(select(LabelClass).where(LabelClass.project_id == image.project_id))
        class_ids = {one.name: one.id for one in classes}
        session.add_all(
            DraftInstance(
                draft_id=str(uuid.uuid4()),
                image_id=image_id,
                class_id=class_ids[thing.class_name],
                source=SOURCE,
                score=BEST_SCORE - SCORE_STEP * place,
                rle_counts=encode_mask(thing.mask).counts,
            )
            for place, thing in enumerate(draw_scene(seed).objects)
        )
        session.flush()
        recount_drafts(session, [image_id])


if __name__ == "__main__":
    for pair in sys.argv[1:]:
        image, scene = pair.split("=")
        _plant(int(image), int(scene))
