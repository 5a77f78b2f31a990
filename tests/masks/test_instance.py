import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.masks.instance import Instance, InvalidMask, Polygon, Rle, instance_from_json, instance_to_json
from tests.masks.strategies import rings

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
TRIANGLE = [[0, 0], [4, 0.5], [0, 3]]
HOLE = [[1, 1], [1, 2], [2, 1]]


def polygon_json(**changes: Any) -> dict[str, Any]:
    return {"id": ID, "label": "fig", "polygons": [{"exterior": TRIANGLE, "holes": []}], **changes}


def rle_json(**changes: Any) -> dict[str, Any]:
    return {"id": ID, "label": "fig", "rle": {"size": [3, 4], "counts": "417"}, **changes}


def test_instance_from_json__polygons_with_defaults() -> None:
    assert instance_from_json(polygon_json()) == Instance(
        ID, "fig", polygons=(Polygon(((0.0, 0.0), (4.0, 0.5), (0.0, 3.0))),), crowd=False, source="manual"
    )


def test_instance_from_json__holes() -> None:
    (polygon,) = instance_from_json(polygon_json(polygons=[{"exterior": TRIANGLE, "holes": [HOLE]}])).polygons
    assert polygon.holes == (((1.0, 1.0), (1.0, 2.0), (2.0, 1.0)),)


@pytest.mark.parametrize("absent", [{}, {"holes": None}, {"holes": []}])
def test_instance_from_json__holes_may_be_left_out(absent: dict[str, Any]) -> None:
    (polygon,) = instance_from_json(polygon_json(polygons=[{"exterior": TRIANGLE, **absent}])).polygons
    assert polygon.holes == ()


def test_instance_from_json__rle_crowd_and_source() -> None:
    item = rle_json(crowd=True, source="model:my first", polygons=None)
    assert instance_from_json(item) == Instance(ID, "fig", rle=Rle((3, 4), "417"), crowd=True, source="model:my first")


def test_instance_from_json__id_in_lower_case() -> None:
    assert instance_from_json(polygon_json(id=ID.upper())).instance_id == ID


def test_instance_from_json__keeps_what_lies_outside_any_image() -> None:
    far = [[-5, -5], [1e9, 0], [0, 1e9]]
    assert instance_from_json(polygon_json(polygons=[{"exterior": far}])).polygons[0].exterior[1] == (1e9, 0.0)


@pytest.mark.parametrize(
    "item, words",
    [
        (polygon_json(id="17"), ["'17'", "UUID"]),
        (polygon_json(id=None), ["missing", "UUID"]),
        (polygon_json(id=f"{{{ID}}}"), ["UUID"]),
        (polygon_json(label=""), [ID, "label"]),
        (polygon_json(label=7), [ID, "label is 7"]),
        (polygon_json(crowd=1), [ID, "crowd is 1", "true or false"]),
        (polygon_json(source="robot"), [ID, "'robot'", "model:<name>"]),
        (polygon_json(source="model:"), [ID, "'model:'"]),
        (polygon_json(polygons=None), [ID, "neither polygons nor rle"]),
        (polygon_json(polygons=[]), [ID, "neither polygons nor rle"]),
        (rle_json(polygons=polygon_json()["polygons"]), [ID, "both polygons and rle"]),
        (polygon_json(polygons={}), [ID, "polygons is an object", "list"]),
        (polygon_json(polygons=["x"]), [ID, "polygons[0] is text"]),
        (polygon_json(polygons=[{"holes": []}]), [ID, "polygons[0].exterior is missing"]),
        (polygon_json(polygons=[{"exterior": TRIANGLE}, {"exterior": TRIANGLE[:2]}]), ["polygons[1].exterior has 2"]),
        (polygon_json(polygons=[{"exterior": TRIANGLE, "holes": [HOLE, []]}]), ["polygons[0].holes[1] has 0 points"]),
        (polygon_json(polygons=[{"exterior": TRIANGLE, "holes": "no"}]), ["polygons[0].holes is text"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [1]]}]), ["exterior[3]", "two numbers"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [1, 2, 3]]}]), ["exterior[3]", "two numbers"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, 5]}]), ["exterior[3] is 5"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, "12"]}]), ["exterior[3] is '12'"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, {"1": 0, "2": 0}]}]), ["exterior[3] is an object"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [1, "2"]]}]), ["exterior[3] holds '2'"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [True, 2]]}]), ["exterior[3] holds True"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [None, 2]]}]), ["exterior[3] holds missing or null"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [math.nan, 2]]}]), ["exterior[3] holds nan", "finite"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [2, -math.inf]]}]), ["exterior[3] holds -inf", "finite"]),
        (polygon_json(polygons=[{"exterior": [*TRIANGLE, [2, 10**400]]}]), ["exterior[3]", "too many digits"]),
        (rle_json(rle="417"), [ID, "rle is text"]),
        (rle_json(rle={"counts": "417"}), [ID, "rle size is missing"]),
        (rle_json(rle={"size": [3, 4.0], "counts": "417"}), [ID, "rle size is a list", "[height, width]"]),
        (rle_json(rle={"size": [3, True], "counts": "417"}), [ID, "rle size"]),
        (rle_json(rle={"size": [0, 4], "counts": "0"}), [ID, "rle size is 0 x 4"]),
        (rle_json(rle={"size": [10**9, 10**9], "counts": "417"}), [ID, "rle size is 1000000000 x 1000000000"]),
        (rle_json(rle={"size": [3, 4], "counts": [4, 1, 7]}), [ID, "rle counts are a list"]),
        (rle_json(rle={"size": [3, 4], "counts": "41"}), [ID, "add up to 5 pixels", "has 12"]),
    ],
)  # fmt: skip
def test_instance_from_json__refuses_saying_what_and_where(item: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(InvalidMask) as refused:
        instance_from_json(item)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize("item", [None, [], "x", 3])
def test_instance_from_json__refuses_what_is_no_object(item: Any) -> None:
    with pytest.raises(InvalidMask, match="must be an object"):
        instance_from_json(item)


def test_instance_from_json__a_message_never_repeats_a_long_value() -> None:
    with pytest.raises(InvalidMask) as refused:
        instance_from_json(polygon_json(id="x" * 10_000))
    assert len(str(refused.value)) < 300


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["exterior", "holes", "size", "counts", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"id": st.just(ID) | json_values, "label": st.just("fig") | json_values},
        optional={"polygons": json_values, "rle": json_values, "crowd": json_values, "source": json_values},
    )
)
def test_instance_from_json__any_json_is_read_or_refused(item: dict[str, Any]) -> None:
    try:
        instance = instance_from_json(item)
    except InvalidMask:
        return
    assert instance_from_json(instance_to_json(instance)) == instance


@given(
    st.lists(st.builds(Polygon, rings(-1e6, 1e6), st.lists(rings(-9, 9), max_size=2).map(tuple)), min_size=1),
    st.booleans(),
    st.sampled_from(["manual", "import", "model:a/b"]),
)  # fmt: skip
def test_instance_to_json__round_trip_through_text(polygons: list[Polygon], crowd: bool, source: str) -> None:
    instance = Instance(ID, "grüne Feige", polygons=tuple(polygons), crowd=crowd, source=source)
    assert instance_from_json(json.loads(json.dumps(instance_to_json(instance)))) == instance


def test_instance_to_json__rle_with_defaults_filled_in() -> None:
    assert instance_to_json(instance_from_json(rle_json())) == {
        "id": ID,
        "label": "fig",
        "rle": {"size": [3, 4], "counts": "417"},
        "crowd": False,
        "source": "manual",
    }


def test_instance__holds_polygons_or_rle() -> None:
    with pytest.raises(InvalidMask, match="neither"):
        Instance(ID, "fig")
    with pytest.raises(InvalidMask, match="both"):
        Instance(ID, "fig", polygons=(Polygon(((0, 0), (1, 0), (0, 1))),), rle=Rle((1, 1), "1"))
