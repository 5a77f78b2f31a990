import io
import json
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.caller import Caller
from app.accounts.passwords import hash_password
from app.cli import demo
from app.cli.demo_data import NEW_SCENES, TRAINING_SCENES, generated_data, own_data
from app.cli.overlay import draw_predictions, side_by_side
from app.db.engine import session_scope
from app.db.enums import PasswordOrigin
from app.db.models import User
from app.errors import BadRequest
from app.settings import Settings


def test_generated_data__holds_labels_of_every_kind() -> None:
    data = generated_data()
    assert (len(data.pictures), len(data.new_pictures)) == (TRAINING_SCENES, NEW_SCENES)
    document = json.loads(data.labels_file)
    instances = [one for image in document["images"] for one in image["instances"]]
    assert len({one["id"] for one in instances}) == len(instances) > 200
    assert {one["label"] for one in instances} == {"beetle", "leaf", "pebble", "ring"}
    assert sum("rle" in one for one in instances) >= 5
    with_holes = [one for one in instances if any(polygon["holes"] for polygon in one.get("polygons", []))]
    assert len(with_holes) >= 5


def test_own_data__takes_a_folder_and_a_coco_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a/1.JPG", "2.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    labels = tmp_path / "coco.json"
    labels.write_text("{}")
    data = own_data(tmp_path, labels)
    assert [picture.name for picture in data.pictures] == ["2.png", "a/1.JPG"]
    assert data.labels_file == b"{}"
    assert data.new_pictures


def test_own_data__says_that_a_folder_has_no_image(tmp_path: Path) -> None:
    labels = tmp_path / "coco.json"
    labels.write_text("{}")
    with pytest.raises(BadRequest, match="there is no image"):
        own_data(tmp_path, labels)


def test_demo_account__keeps_the_password_that_its_person_chose(app_env: Settings) -> None:
    printed, _token = demo._demo_account(app_env)
    assert printed is not None
    with session_scope(read_only=True) as session:
        user = session.scalars(select(User)).one()
        assert (user.email, user.is_admin, user.password_origin) == (demo.EMAIL, True, PasswordOrigin.PRINTED)
    assert demo._demo_account(app_env)[0] == printed
    with session_scope() as session:
        me = Caller(user_id=user.id, is_admin=True)
        accounts.change_me(session, me, name=None, password_hash=hash_password("one of my own"), login_secret=None)
    assert demo._demo_account(app_env)[0] is None
    with session_scope(read_only=True) as session:
        assert accounts.is_administrator(session, email=demo.EMAIL, password="one of my own")


def test_draw_predictions__colours_the_mask_but_not_its_hole() -> None:
    white = io.BytesIO()
    Image.new("RGB", (60, 60), "white").save(white, "PNG")
    found = {
        "label": "ring", "score": 90.0, "x0": 10, "y0": 10, "x1": 50, "y1": 50,
        "polygons": [{"points": square(10, 50), "holes": [square(22, 38)]}],
    }  # fmt: skip
    drawn = draw_predictions(white.getvalue(), [found], ["ring"])
    assert drawn.getpixel((30, 30)) == (255, 255, 255)
    assert drawn.getpixel((16, 40)) != (255, 255, 255)
    assert drawn.getpixel((5, 55)) == (255, 255, 255)


def test_side_by_side__has_room_for_all() -> None:
    sheet = side_by_side([Image.new("RGB", (40, 30), "red")] * 3)
    assert sheet.width >= 80
    assert sheet.height >= 60
    assert side_by_side([Image.new("RGB", (40, 30), "red")]).size == (40, 30)


def square(low: int, high: int) -> list[dict[str, int]]:
    return [{"x": low, "y": low}, {"x": high, "y": low}, {"x": high, "y": high}, {"x": low, "y": high}]
