"""Prediction sets of the first format, which did not hold the masks of true objects."""

import io

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from app.db.engine import session_scope
from app.db.enums import Split
from app.db.models import Model, PredictionSet
from app.masks.instance import instance_from_json
from app.statistics.tables import TableCache
from app.storage.blobs import get_blob_store
from app.training.snapshot import Snapshot, SnapshotImage, to_json_bytes
from tests.conftest import Person
from tests.statistics.scene import FIRST_TRUTH, SECOND_TRUTH, Scene
from tests.trained import CLASS_NAMES
from tests.training.labeled import SIDE_PX

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NEWER = ("areas", "truth_areas", "truth_boxes_xyxy", "truth_rle_", "cross_")


def test_first_format__is_completed_from_the_frozen_labels(
    app: FastAPI, owner: Person, scene: Scene, scene_model: str
) -> None:
    def answers() -> list[object]:
        return [owner.get(f"{scene_model}/{asked}").json() for asked in ("statistics", "predictions", "suspects")]

    before = answers()
    write_first_format(scene)
    app.state.prediction_tables = TableCache()  # what was read is forgotten, as by a restart
    assert answers() == before


def write_first_format(scene: Scene) -> None:
    """Write the stored tables anew without what they had not at first, and the labels that the training read."""
    rows = ((scene.first, FIRST_TRUTH), (scene.second, SECOND_TRUTH))
    images = tuple(
        SnapshotImage(
            image_id=image_id,
            name="a",
            storage_key="a",
            width=SIDE_PX,
            height=SIDE_PX,
            split=Split.VALIDATION,
            instances=tuple(instance_from_json(square.instance()) for square in truth),
        )
        for image_id, truth in rows
    )
    store = get_blob_store()
    store.put_bytes("frozen", to_json_bytes(Snapshot(scene.project_id, tuple(CLASS_NAMES), images)))
    with session_scope() as session:
        session.execute(update(Model).values(snapshot_key="frozen"))
        for key in session.scalars(select(PredictionSet.storage_key)):
            with np.load(io.BytesIO(store.read_bytes(key))) as file:
                columns = {name: file[name] for name in file.files if not name.startswith(NEWER)}
            old = io.BytesIO()
            np.savez(old, **columns)
            store.put_bytes(key, old.getvalue())
