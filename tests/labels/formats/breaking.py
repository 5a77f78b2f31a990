"""Label files broken in every way that bytes can be."""

import re
from collections.abc import Mapping

from hypothesis import strategies as st

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
