import io

import numpy as np
import pytest
from PIL import Image

from app.storage.thumbnails import make_thumbnail


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(1000, 2000, (512, 256)), (2000, 1000, (256, 512)), (1, 12000, (512, 1)), (30, 40, (40, 30))],
)
def test_make_thumbnail__shrinks_the_long_side_and_never_enlarges(
    height: int, width: int, expected: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(make_thumbnail(np.zeros((height, width, 3), dtype=np.uint8)))) as thumbnail:
        assert thumbnail.size == expected


def test_make_thumbnail__keeps_colours_and_sides() -> None:
    rgb = np.zeros((600, 800, 3), dtype=np.uint8)
    rgb[:, :400] = (220, 30, 40)
    rgb[:, 400:] = (20, 60, 200)
    with Image.open(io.BytesIO(make_thumbnail(rgb))) as thumbnail:
        pixels = np.asarray(thumbnail).astype(int)
    assert np.abs(pixels[190, 20] - (220, 30, 40)).max() < 6
    assert np.abs(pixels[190, 490] - (20, 60, 200)).max() < 6
