"""Images of every kind come out as upright RGB, or are refused with a reason."""

import contextlib
import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from app.inference.decode import MEDIA_TYPES, ImageHeader, decode_image, decode_stored, opened_image, probe_image
from app.inference.errors import ImageRefused, ImageTooLarge, InvalidImage
from tests.oriented import oriented_file

ODDITIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "oddities"
MAX_PIXELS = 150_000_000
# red green blue / white black grey: no two orientations of it look alike.
UPRIGHT = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[255, 255, 255], [0, 0, 0], [128, 128, 128]]], dtype=np.uint8
)


def saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_decode_image__every_orientation_comes_out_upright(file_format: str, orientation: int) -> None:
    data = oriented_file(UPRIGHT, orientation, file_format)

    np.testing.assert_array_equal(decode_image(data, max_pixels=MAX_PIXELS), UPRIGHT)
    assert probe_image(data, max_pixels=MAX_PIXELS) == ImageHeader(
        3, 2, file_format, MEDIA_TYPES[file_format], orientation
    )


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_decode_image__invalid_orientation_is_none(orientation: int) -> None:
    data = oriented_file(UPRIGHT, orientation, "PNG")

    np.testing.assert_array_equal(decode_image(data, max_pixels=MAX_PIXELS), UPRIGHT)
    assert probe_image(data, max_pixels=MAX_PIXELS).orientation == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_decode_image__transparency_lies_over_white(mode: str) -> None:
    rgba = Image.new("RGBA", (2, 1))
    rgba.putdata([(0, 0, 0, 255), (0, 0, 0, 0)])

    rgb = decode_image(saved(rgba.convert(mode), "PNG"), max_pixels=MAX_PIXELS)

    np.testing.assert_array_equal(rgb, [[[0, 0, 0], [255, 255, 255]]])


@pytest.mark.parametrize("mode,pixel", [("L", 7), ("1", 0), ("RGB", (7, 7, 7)), ("I;16", 700)])
def test_decode_image__a_transparent_colour_lies_over_white(mode: str, pixel: object) -> None:
    image = Image.new(mode, (2, 2), pixel)

    rgb = decode_image(saved(image, "PNG", transparency=pixel), max_pixels=MAX_PIXELS)

    assert rgb.min() == 255


@pytest.mark.parametrize(
    "values,expected",
    [
        ([0, 32768, 65535], [0, 128, 255]),
        ([0, 512, 1023], [0, 128, 255]),
        ([0, 2048, 4095], [0, 128, 255]),
        ([0, 128, 255], [0, 128, 255]),
    ],
)
def test_decode_image__deep_grey_is_scaled_by_its_range(values: list[int], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], dtype=np.uint16))

    for file_format in ("PNG", "TIFF"):
        rgb = decode_image(saved(image, file_format), max_pixels=MAX_PIXELS)
        assert rgb[0, :, 0].tolist() == rgb[0, :, 2].tolist() == expected


@pytest.mark.parametrize(
    "values,expected",
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([float("nan"), -3.0, 255.0], [0, 0, 255]),
        ([0.0, float("inf"), 1e9], [0, 0, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_decode_image__floats_are_scaled_by_their_range(values: list[float], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], dtype=np.float32))

    rgb = decode_image(saved(image, "TIFF"), max_pixels=MAX_PIXELS)

    assert rgb[0, :, 1].tolist() == expected


def test_decode_image__cmyk() -> None:
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))

    rgb = decode_image(saved(cmyk, "JPEG", quality=100), max_pixels=MAX_PIXELS)

    assert np.abs(rgb.astype(int) - [255, 0, 0]).max() <= 4  # JPEG's loss


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "TIFF", "PNG", "AVIF"])
def test_decode_image__first_frame_of_several(file_format: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("white", "black", "red")]
    data = saved(frames[0], file_format, save_all=True, append_images=frames[1:])

    assert decode_image(data, max_pixels=MAX_PIXELS).min() >= 254


def test_decode_image__takes_a_file_wherever_it_stands() -> None:
    file = io.BytesIO(saved(Image.fromarray(UPRIGHT), "PNG"))
    file.seek(0, io.SEEK_END)

    np.testing.assert_array_equal(decode_image(file, max_pixels=MAX_PIXELS), UPRIGHT)


def test_decode_image__a_jpeg_may_come_out_smaller_and_is_checked_to_its_end() -> None:
    data = saved(Image.new("RGB", (2000, 1000), (200, 100, 50)), "JPEG")
    small = decode_image(data, max_pixels=MAX_PIXELS, at_least_px=400)
    assert small.shape == (250, 500, 3)
    assert np.abs(small.astype(int) - (200, 100, 50)).max() < 4
    assert decode_image(data, max_pixels=MAX_PIXELS, at_least_px=5000).shape == (1000, 2000, 3)
    with pytest.raises(InvalidImage):
        decode_image(data[: len(data) // 2], max_pixels=MAX_PIXELS, at_least_px=400)


def test_decode_image__a_small_jpeg_is_upright_too() -> None:
    data = oriented_file(np.zeros((2000, 1000, 3), dtype=np.uint8), 6, "JPEG")
    assert decode_image(data, max_pixels=MAX_PIXELS, at_least_px=400).shape == (500, 250, 3)


def test_decode_image__limit_is_in_pixels_and_includes_the_limit() -> None:
    data = saved(Image.new("RGB", (5, 4)), "PNG")

    assert decode_image(data, max_pixels=20).shape == (4, 5, 3)
    for read in (decode_image, probe_image):
        with pytest.raises(ImageTooLarge, match="5 x 4 = 20 pixels, more than the 19 allowed"):
            read(data, max_pixels=19)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM"])
def test_decode_image__a_file_cut_short_is_refused(file_format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), file_format)

    assert decode_image(data, max_pixels=MAX_PIXELS).shape == (64, 64, 3)
    with pytest.raises(InvalidImage):
        decode_image(data[: len(data) // 2], max_pixels=MAX_PIXELS)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4"],
)
def test_decode_image__what_is_no_image_is_refused(data: bytes) -> None:
    for read in (decode_image, probe_image):
        with pytest.raises(InvalidImage, match="send a JPEG, PNG"):
            read(data, max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("file_format", ["ICO", "EPS", "PDF", "TGA", "PCX", "SGI"])
def test_decode_image__formats_off_the_list_are_refused(file_format: str) -> None:
    data = saved(Image.new("RGB", (16, 16)), file_format)

    with pytest.raises(InvalidImage):
        decode_image(data, max_pixels=MAX_PIXELS)


SEEDS = {
    file_format: saved(Image.fromarray(UPRIGHT).resize((24, 16)), file_format)
    for file_format in ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM")
}
MUTATIONS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=24)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), MUTATIONS, st.integers(0, 4000))
def test_decode_image__whatever_the_bytes(file_format: str, mutations: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(SEEDS[file_format])
    for position, value in mutations:
        damaged[position % len(damaged)] = value
    take_or_refuse(bytes(damaged))
    take_or_refuse(bytes(damaged[: cut % len(damaged)]))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([seed[:12] for seed in SEEDS.values()]), st.binary(max_size=200))
def test_decode_image__whatever_follows_a_signature(signature: bytes, rest: bytes) -> None:
    take_or_refuse(signature + rest)


def take_or_refuse(data: bytes) -> bool:
    """Whether it is taken; a taken one must agree with its header, and nothing but ImageRefused may come out."""
    try:
        rgb = decode_image(data, max_pixels=1_000_000)
    except ImageRefused as refusal:
        assert str(refusal)  # noqa: PT017 - any refusal will do, but none without a reason
        return False
    header = probe_image(data, max_pixels=1_000_000)
    assert rgb.shape == (header.height, header.width, 3)
    assert rgb.dtype == np.uint8
    return True


def test_decode_image__no_warnings_leave_pillow() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    tiff = bytearray(saved(Image.fromarray(UPRIGHT), "TIFF", exif=exif))
    directory = int.from_bytes(tiff[4:8], "little")
    tiff[directory : directory + 2] = (200).to_bytes(2, "little")  # promises more entries than there are

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        take_or_refuse(bytes(tiff))

    assert caught == []


@pytest.mark.skipif(not ODDITIES.exists(), reason="the odd files are not here")
class TestOddities:
    def test_decode_image__landscapes_are_the_same_picture(self) -> None:
        first, *others = (
            decode_image((ODDITIES / f"exif_landscape_{n}.jpg").read_bytes(), max_pixels=MAX_PIXELS).astype(int)
            for n in range(1, 9)
        )

        assert first.shape == (1200, 1800, 3)
        for other in others:
            assert np.abs(first - other).mean() < 8  # compressed each by itself; a wrong turn gives 70

    def test_decode_image__every_file_is_taken_or_refused(self) -> None:
        must_be_taken = ("exif_", "gen_UPPER", "gen_gray", "gen_progressive", "gen_rgba", "gen_exif6", "gen_cmyk")
        must_be_refused = ("gen_bomb", "gen_svg", "gen_text", "gen_truncated", "gen_zero", "gen_html", "pillow_really")
        taken = []
        for path in sorted(ODDITIES.iterdir()):
            if path.name == "INDEX.tsv":
                continue
            try:
                decode_image(path.read_bytes(), max_pixels=MAX_PIXELS)
                taken.append(path.name)
                assert not path.name.startswith(must_be_refused)
            except ImageRefused:
                assert not path.name.startswith(must_be_taken)

        assert len(taken) >= 85


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16", "I"])
def test_decode_stored__gives_numbers_as_they_lie_in_the_file(mode: str) -> None:
    deep = np.array([[0, 1], [1, 300 if mode.startswith("I") else 1]])
    image = Image.fromarray(deep.astype({"I;16": np.uint16, "I": np.int32}.get(mode, np.uint8)))
    if mode == "P":
        image.putpalette([9, 9, 9, 200, 0, 0])
    elif not mode.startswith("I"):
        image = Image.fromarray(deep == 1) if mode == "1" else image.convert(mode)
    file = io.BytesIO()
    image.save(file, "TIFF" if mode == "I" else "PNG")
    stored = decode_stored(file, max_pixels=4)
    values = stored.values if stored.values.ndim == 2 else stored.values[..., 0]
    np.testing.assert_array_equal(values, deep)
    assert (None if stored.palette is None else stored.palette[:2].tolist()) == (
        [[9, 9, 9], [200, 0, 0]] if mode == "P" else None
    )


def test_decode_stored__has_the_limits_of_pictures() -> None:
    file = io.BytesIO()
    Image.new("P", (3, 2)).save(file, "PNG")
    content = file.getvalue()
    with pytest.raises(ImageTooLarge):
        decode_stored(content, max_pixels=5)
    with pytest.raises(InvalidImage):
        decode_stored(content[:40], max_pixels=6)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 255)), max_size=8), st.sampled_from(["1", "P", "LA", "F"])
)
def test_decode_stored__whatever_the_bytes(mutations: list[tuple[int, int]], mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (4, 3)).save(file, "TIFF" if mode == "F" else "PNG")
    content = bytearray(file.getvalue())
    for place, value in mutations:
        content[place % len(content)] = value
    with contextlib.suppress(ImageRefused):
        assert decode_stored(bytes(content), max_pixels=10_000).values.ndim in (2, 3)


def test_probe_image__of_a_png_reads_no_pixels() -> None:
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)).save(whole, "PNG")
    cut = whole.getvalue()[: len(whole.getvalue()) // 2]
    assert probe_image(cut, max_pixels=10_000).width == 80
    with pytest.raises(InvalidImage, match="cut short"):
        decode_image(cut, max_pixels=10_000)


def test_opened_image__tells_a_jpegs_own_size_after_it_gave_less() -> None:
    whole = io.BytesIO()
    Image.new("RGB", (800, 600)).save(whole, "JPEG")
    with opened_image(whole.getvalue(), max_pixels=10**6) as image:
        assert image.decode(at_least_px=200).shape == (150, 200, 3)
        assert (image.header().width, image.header().height, image.pixel_count) == (800, 600, 480_000)
