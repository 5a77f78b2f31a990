"""Label files broken in every way that bytes can be."""

import re
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from app.labels.formats.parsed import UnreadableFile
from app.labels.formats.table import WRITERS
from app.masks.instance import Instance
from tests.labels.formats.scenes import HEIGHT, WIDTH, fitted, parsed, written

NUMBER = re.compile(rb"-?\d+(\.\d+)?(e-?\d+)?")
VALUES = (
    b"NaN",
    b"-1e999",
    b"99999999999999999999",
    b"-7",
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"0",
    b"1.5",
    b"\xff\xfe",
    b"{}",
)


def expect_report_of_broken(
    file_format: str, drawn: Sequence[Instance], data: st.DataObject, *, others: Mapping[str, bytes] | None = None
) -> None:
    """Whatever is broken in an export, reading it ends in a report: no image is left out without a reason.

    Args:
        others: Files beside the export's.
    """
    kept = [k.instance for k in WRITERS[file_format].keep(drawn, HEIGHT, WIDTH) if k.instance]
    files = data.draw(broken({**written(file_format, kept), **(others or {})}))
    try:
        found = fitted(parsed(file_format, files, is_broken=True))
    except UnreadableFile:
        return
    assert found.matched_count == len(found.images) or found.refusals


@st.composite
def broken(draw: st.DrawFn, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """An export with one to three things broken in one of its files, or with files swapped, empty or gone."""
    result = dict(files)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(result)))
        other = draw(st.sampled_from(sorted(result)))
        match draw(st.sampled_from(["cut", "flip", "number", "word", "drop line", "swap", "empty", "gone", "noise"])):
            case "swap":
                result[name], result[other] = result[other], result[name]
            case "gone" if len(result) > 1:
                del result[name]
            case way:
                result[name] = draw(_broken_content(result[name], way))
    return result


@st.composite
def _broken_content(draw: st.DrawFn, content: bytes, way: str) -> bytes:
    place = draw(st.integers(0, max(0, len(content) - 1)))
    match way:
        case "cut":
            return content[:place]
        case "flip":
            return content[:place] + bytes([draw(st.integers(0, 255))]) + content[place + 1 :]
        case "number" if numbers := list(NUMBER.finditer(content)):
            found = draw(st.sampled_from(numbers))
            return content[: found.start()] + draw(st.sampled_from(VALUES)) + content[found.end() :]
        case "word" if words := list(re.finditer(rb"[a-zA-Z_]{3,}", content)):
            found = draw(st.sampled_from(words))
            return content[: found.start()] + draw(st.sampled_from([b"", b"xyz", b"label"])) + content[found.end() :]
        case "drop line" if lines := content.splitlines(keepends=True):
            del lines[draw(st.integers(0, len(lines) - 1))]
            return b"".join(lines)
        case "noise":
            return draw(st.binary(max_size=40))
    return b""
