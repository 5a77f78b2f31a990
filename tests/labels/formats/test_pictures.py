import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.labels.formats.pictures import color_codes, read_mask, read_numbers, voc_palette, write_mask, write_numbers
from app.masks.instance import InvalidMask

MASK = np.array([[0, 0, 1], [0, 1, 1]], dtype=bool)


def png(array: Any, palette: list[int] | None = None) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(array))
    if palette is not None:
        image.putpalette(palette)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def channels(*layers: Any) -> Any:
    return np.stack([np.broadcast_to(np.asarray(layer), MASK.shape) for layer in layers], axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    "content",
    [
        png(MASK),
        png(MASK.astype(np.uint8)),
        png(MASK * np.uint8(255)),
        png(MASK * np.uint16(700)),
        png(channels(MASK * 3, 0, 0)),
        png(channels(MASK * 255, MASK * 255, MASK * 255, 255)),
        png(channels(0, 0, 0, MASK * 255)),
        png(channels(255, 255, 255, MASK * 255)),
        png(channels(MASK * 9, 255)),
        png(MASK.astype(np.uint8), [0, 0, 0, 0, 0, 0]),
        png(MASK.astype(np.uint8), [0, 0, 0, 128, 0, 0]),
        png(1 - MASK.astype(np.uint8), [255, 255, 255, 0, 0, 0]),
    ],
    ids=[
        "1 bit",
        "0 and 1",
        "0 and 255",
        "16 bits",
        "red",
        "RGBA",
        "black on nothing",
        "white on nothing",
        "grey and alpha",
        "palette of black",
        "palette",
        "palette turned",
    ],
)
def test_read_mask__takes_what_is_not_black(content: bytes) -> None:
    np.testing.assert_array_equal(read_mask(content), MASK)


def test_read_mask__of_nothing_is_empty() -> None:
    assert not read_mask(png(channels(0, 0, 0, 255))).any()


def test_write_mask__is_one_bit_and_reads_back() -> None:
    content = write_mask(np.asfortranarray(MASK))
    assert Image.open(io.BytesIO(content)).mode == "1"
    np.testing.assert_array_equal(read_mask(content), MASK)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_write_numbers__reads_back(dtype: Any) -> None:
    numbers = np.array([[0, 5], [255, 7]], dtype=dtype)
    np.testing.assert_array_equal(read_numbers(write_numbers(numbers, voc_palette()), {}), numbers)


def test_read_numbers__by_colours() -> None:
    numbers = np.array([[0, 5], [255, 7]])
    content = png(voc_palette()[numbers])
    np.testing.assert_array_equal(read_numbers(content, color_codes(voc_palette())), numbers)
    with pytest.raises(InvalidMask, match="#E0E0C0"):
        read_numbers(content, {0: 0, 0x800080: 5, 0x808080: 7})


def test_voc_palette__is_the_kits() -> None:
    # aeroplane, bicycle, bird, tvmonitor, void: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/segexamples/
    assert voc_palette()[[0, 1, 2, 3, 20, 255]].tolist() == [
        [0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 64, 128], [224, 224, 192],
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"text", write_mask(MASK)[:-30]])
def test_read__refuses_what_is_no_picture(content: bytes) -> None:
    with pytest.raises(InvalidMask):
        read_mask(content)
    with pytest.raises(InvalidMask):
        read_numbers(content, {})
