"""GrabCut: the border at full size, odd boxes on odd images, and answers that repeat."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.smart_masks.engines.border import sharpen_border
from app.smart_masks.engines.engine import Segment
from app.smart_masks.engines.grabcut import WORKING_SIDE_PX, GrabCut
from app.smart_masks.prompts import Prompts, Stroke
from app.smart_masks.service import finish_mask
from app.smart_masks.strokes import draw_strokes

coordinates = st.floats(-60, 120)
strokes = st.lists(
    st.builds(
        Stroke,
        st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=4).map(tuple),
        st.floats(0.1, 30),
    ),
    max_size=3,
).map(tuple)


def whole_mask(found: Segment, shape: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    height, width = found.crop.shape
    mask[found.top : found.top + height, found.left : found.left + width] = found.crop > 0
    return mask


@settings(max_examples=60)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    sides=st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.01, 2), st.floats(0.01, 2)),
    foreground=strokes,
    background=strokes,
    seed=st.integers(0, 3),
)
def test_any_marks__give_a_mask_that_holds_what_was_painted(
    height: int,
    width: int,
    sides: tuple[float, float, float, float],
    foreground: tuple[Stroke, ...],
    background: tuple[Stroke, ...],
    seed: int,
) -> None:
    rgb = np.random.default_rng(seed).integers(0, 2 if seed == 0 else 256, (height, width, 3), np.uint8)
    x, y, across, down = sides
    box = (x * width, y * height, (x + across) * width, (y + down) * height)
    prompts = Prompts(box, foreground, background)
    engine = GrabCut()
    found = finish_mask(engine.segment(engine.embed(rgb), prompts), prompts)
    again = finish_mask(engine.segment(engine.embed(rgb), prompts), prompts)
    mask = whole_mask(found, (height, width))
    assert np.array_equal(mask, whole_mask(again, (height, width)))
    for stroke in background:
        for px, py in stroke.points:
            if 0 <= px < width and 0 <= py < height:
                assert not mask[int(py), int(px)]


@pytest.mark.parametrize("angle", [0, 30])
def test_border__lies_where_the_full_size_colours_change(angle: float) -> None:
    scale = 5
    side = WORKING_SIDE_PX // 2 * scale
    truth = np.zeros((side, side), np.uint8)
    corners = cv2.boxPoints(((side / 2, side / 2), (side * 0.5, side * 0.3), angle))
    cv2.fillPoly(truth, [corners.round().astype(np.int32)], 1)
    noise = np.random.default_rng(1).normal(0, 10, (side, side, 3))
    full = (np.where(truth[..., None] > 0, (180, 90, 60), (90, 110, 130)) + noise).clip(0, 255).astype(np.uint8)
    small = cv2.resize(full, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    # A scaled mask that is wrong by a pixel all around, which is five of the full size.
    coarse = cv2.erode(cv2.resize(truth, small.shape[:2], interpolation=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8))
    sharp = sharpen_border(full, np.asarray(small, np.uint8), np.asarray(coarse, np.uint8))
    wrong = (sharp != truth).astype(np.uint8)
    beyond_two_pixels = cv2.erode(wrong, np.ones((5, 5), np.uint8))
    assert not beyond_two_pixels.any()
    assert wrong.sum() < 0.002 * truth.sum()


def test_box_at_full_size__needs_no_scaling() -> None:
    rgb = np.full((60, 80, 3), (90, 110, 130), np.uint8)
    rgb[20:40, 30:60] = (180, 90, 60)
    prompts = Prompts((25, 15, 65, 45), (), ())
    engine = GrabCut()
    mask = whole_mask(engine.segment(engine.embed(rgb), prompts), (60, 80))
    assert mask[21:39, 31:59].all()
    assert mask.sum() == pytest.approx(20 * 30, rel=0.05)


ON_OBJECT = (Stroke(((90, 120), (210, 120)), 14), Stroke(((90, 180), (210, 180)), 14))
BESIDE = (Stroke(((70, 65), (230, 65)), 8), Stroke(((65, 70), (65, 230)), 8))


@pytest.mark.parametrize("scale", [1, 4])
@pytest.mark.parametrize(
    ("foreground", "background"),
    [((), ON_OBJECT), (BESIDE, ()), (BESIDE, ON_OBJECT), ((), ON_OBJECT[:1]), (BESIDE[:1], ON_OBJECT[:1])],
)
def test_strokes_on_the_wrong_side__hold_where_they_are_and_do_not_turn_the_mask_over(
    foreground: tuple[Stroke, ...], background: tuple[Stroke, ...], scale: int
) -> None:
    truth = np.zeros((300, 300), bool)
    truth[80:220, 80:220] = True
    noise = np.random.default_rng(1).normal(0, 12, (300, 300, 3))
    rgb = (np.where(truth[..., None], (180, 90, 60), (90, 110, 130)) + noise).clip(0, 255).astype(np.uint8)
    rgb, truth = np.kron(rgb, np.ones((scale, scale, 1), np.uint8)), np.kron(truth, np.ones((scale, scale), bool))
    prompts = Prompts(
        (60 * scale, 60 * scale, 240 * scale, 240 * scale), scaled(foreground, scale), scaled(background, scale)
    )
    engine = GrabCut()
    mask = whole_mask(finish_mask(engine.segment(engine.embed(rgb), prompts), prompts), truth.shape)
    wanted, unwanted = np.zeros(truth.shape, np.uint8), np.zeros(truth.shape, np.uint8)
    draw_strokes(wanted, prompts.foreground, 1, left=0, top=0)
    draw_strokes(unwanted, prompts.background, 1, left=0, top=0)
    assert mask[(wanted > 0) & (unwanted == 0)].all()
    assert not mask[unwanted > 0].any()
    elsewhere = (wanted == 0) & (unwanted == 0)
    assert (mask == truth)[elsewhere].mean() > 0.75
    assert mask[truth & elsewhere].mean() > 0.5


def scaled(strokes_: tuple[Stroke, ...], scale: int) -> tuple[Stroke, ...]:
    return tuple(Stroke(tuple((x * scale, y * scale) for x, y in one.points), one.radius * scale) for one in strokes_)
