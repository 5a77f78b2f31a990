"""The picture of a model card."""

from xml.etree import ElementTree

from app.bundle.pr_curve import LEFT, SIDE, TOP, pr_curve_svg
from app.statistics.schemas import PrecisionRecallCurve

CURVE = PrecisionRecallCurve(
    score=[0.9, 0.6, 0.3],
    precision=[1.0, 0.5, 0.6],
    recall=[0.25, 0.25, 0.75],
    true_positives=[1, 1, 3],
    false_positives=[0, 1, 2],
    truth_count=4,
)


def drawn(svg: str, kind: str) -> list[dict[str, str]]:
    return [part.attrib for part in ElementTree.fromstring(svg).iter() if part.tag.endswith(f"}}{kind}")]


def test_curve__a_dot_where_the_threshold_puts_it() -> None:
    (dot,) = drawn(pr_curve_svg({"fig": CURVE}, {"fig": 0.6}), "circle")
    assert (float(dot["cx"]), float(dot["cy"])) == (LEFT + SIDE * 0.25, TOP + SIDE * 0.5)
    assert drawn(pr_curve_svg({"fig": CURVE}, {"fig": 0.95}), "circle") == []


def test_curve__any_name_and_any_number_of_labels() -> None:
    names = ["<b>&", *(f"label {number}" for number in range(30))]
    svg = pr_curve_svg(dict.fromkeys(names, CURVE), dict.fromkeys(names, 0.5))
    assert len(drawn(svg, "polyline")) == len(names)
    texts = [part.text for part in ElementTree.fromstring(svg).iter()]
    assert "<b>&" in texts
    assert "and 13 more" in texts
    assert drawn(pr_curve_svg({}, {}), "polyline") == []
