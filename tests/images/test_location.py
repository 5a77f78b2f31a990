"""Taking out where a picture was taken, and nothing else."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from app.db.engine import session_scope
from app.db.models import Project
from app.images.location import LocationKept, blank_location
from tests.conftest import Person
from tests.images.conftest import Upload
from tests.images.pictures import encoded, jpeg, zipped

GPS = ExifTags.IFD.GPSInfo
LATITUDE = (54.0, 41.0, 13.5)
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" exif:GPSLatitude="54,41.2N" drone-dji:GpsLongitude='+25.2'
 exif:ISO="100"><exif:GPSAltitude>1127/10</exif:GPSAltitude>
 <exif:GPSMapDatum rdf:parseType="Resource"/><exif:Note>fig</exif:Note>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def pixels() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8))


def exif_with_place(*, endian: str = "<") -> Image.Exif:
    exif = Image.Exif()
    exif.endian = endian
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "A maker of cameras"
    exif[ExifTags.Base.Software] = "after the place by its number"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:01 12:00:00"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.FNumber] = 2.8
    exif.get_ifd(GPS).update({1: "N", 2: LATITUDE, 3: "E", 4: (25.0, 16.0, 47.25), 6: 112.7})
    return exif


def tags(data: bytes) -> tuple[dict[int, Any], dict[int, Any], dict[int, Any], bool]:
    """EXIF's tags but for pointers, those of its own list, those of the place, and whether there is such a list."""
    with Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        plain = {tag: value for tag, value in exif.items() if tag not in (GPS, ExifTags.IFD.Exif, 700)}
        return plain, dict(exif.get_ifd(ExifTags.IFD.Exif)), dict(exif.get_ifd(GPS)), GPS in exif


def stripped(data: bytes, folder: Path) -> bytes:
    path = folder / "image"
    path.write_bytes(data)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format is not None
        blank_location(path, image.format)
    return path.read_bytes()


def tiff_tags() -> TiffImagePlugin.ImageFileDirectory_v2:
    exif, info = exif_with_place(), TiffImagePlugin.ImageFileDirectory_v2()
    info.update(dict(exif))
    for pointer in (GPS, ExifTags.IFD.Exif):
        info[pointer] = dict(exif.get_ifd(pointer))
    info[700] = XMP
    return info


FILES: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: encoded(pixels(), "JPEG", exif=exif_with_place(), xmp=XMP, quality=95),
    "progressive jpeg": lambda: encoded(pixels(), "JPEG", exif=exif_with_place(), xmp=XMP, progressive=True),
    "big-endian jpeg": lambda: encoded(pixels(), "JPEG", exif=exif_with_place(endian=">"), xmp=XMP),
    "png": lambda: encoded(pixels(), "PNG", exif=exif_with_place(), pnginfo=png_xmp(packed=False)),
    "webp": lambda: encoded(pixels(), "WEBP", exif=exif_with_place(), xmp=XMP, lossless=True),
    "tiff": lambda: encoded(pixels(), "TIFF", tiffinfo=tiff_tags()),
    "big tiff": lambda: encoded(pixels(), "TIFF", tiffinfo=tiff_tags(), big_tiff=True),
}


def png_xmp(*, packed: bool) -> PngInfo:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=packed)
    return info


@pytest.mark.parametrize("name", FILES)
def test_blank_location__leaves_all_else(name: str, tmp_path: Path) -> None:
    data = FILES[name]()
    plain, own, place, has_list = tags(data)
    assert has_list
    assert place[2] == LATITUDE

    kept = stripped(data, tmp_path)

    assert tags(kept) == (plain, own, {}, False)
    assert plain[ExifTags.Base.Orientation] == 6
    assert len(kept) == len(data)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(kept))), np.asarray(Image.open(io.BytesIO(data))))
    assert b"54,41.2N" not in kept
    assert struct.pack("<II", 54, 1) not in kept
    assert struct.pack(">II", 54, 1) not in kept
    if XMP in data:
        assert kept.count(b'exif:ISO="100"') == 1
        assert re.search(rb"gps[a-z]+[^a-z:]*[=>]", kept, re.IGNORECASE) is None


def test_blank_location__leaves_every_coded_byte(tmp_path: Path) -> None:
    """Only bytes of the blocks of metadata differ."""
    data = FILES["progressive jpeg"]()
    kept = stripped(data, tmp_path)

    first_table = data.index(b"\xff\xdb")
    assert kept[first_table:] == data[first_table:]
    assert kept[: data.index(b"Exif\0\0")] == data[: data.index(b"Exif\0\0")]
    assert kept != data


def test_blank_location__of_a_png_keeps_its_checksums(tmp_path: Path) -> None:
    kept = stripped(FILES["png"](), tmp_path)

    at, kinds = 8, []
    while at < len(kept):
        (length,) = struct.unpack_from(">I", kept, at)
        assert zlib.crc32(kept[at + 4 : at + 8 + length]) == struct.unpack_from(">I", kept, at + 8 + length)[0]
        kinds.append(kept[at + 4 : at + 8])
        at += 12 + length
    assert {b"eXIf", b"iTXt"} <= set(kinds)


def test_blank_location__of_every_picture_in_a_file(tmp_path: Path) -> None:
    first = encoded(pixels(), "JPEG", exif=exif_with_place())
    film = b"\0\0\0\x08ftyp....\xa9xyz\0\x12\x15\xc7+54.6872+025.2797/"

    kept = stripped(first + first + film, tmp_path)

    assert kept.count(struct.pack("<II", 54, 1)) + kept.count(struct.pack(">II", 54, 1)) == 0
    assert b"54.6872" not in kept
    assert kept.index(b"\xff\xd8", 2) == len(first)


def test_blank_location__of_pages_and_maps(tmp_path: Path) -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[33922] = (0.0, 0.0, 0.0, 25.279, 54.687, 0.0)
    info.tagtype[33922] = 12
    pages = [pixels(), pixels(), pixels()]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], tiffinfo=info)
    assert data.count(struct.pack("<d", 54.687)) == 3

    kept = stripped(data, tmp_path)

    assert struct.pack("<d", 54.687) not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.n_frames == 3
        for page in range(3):
            image.seek(page)
            assert 33922 not in image.tag_v2
            assert np.array_equal(np.asarray(image), np.asarray(pages[page]))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: encoded(pixels(), "AVIF", exif=exif_with_place()), id="avif"),
        pytest.param(lambda: encoded(pixels(), "PNG", pnginfo=png_xmp(packed=True)), id="packed xmp"),
        pytest.param(lambda: encoded(pixels(), "PNG", pnginfo=raw_profile()), id="profile"),
        pytest.param(lambda: encoded(pixels(), "GIF") + XMP, id="gif"),
        pytest.param(lambda: long_xmp_jpeg(), id="xmp cut in two"),
    ],
)
def test_blank_location__refuses_what_it_cannot_take_out(data: Callable[[], bytes], tmp_path: Path) -> None:
    with pytest.raises(LocationKept, match="exiftool"):
        stripped(data(), tmp_path)


def raw_profile() -> PngInfo:
    profile = exif_with_place().tobytes()
    info = PngInfo()
    info.add_text("Raw profile type exif", f"\nexif\n{len(profile):8}\n{profile.hex()}\n", zip=True)
    return info


def long_xmp_jpeg() -> bytes:
    cut = XMP.index(b"GPSLat") + 3
    segments = b""
    for offset, part in ((0, XMP[:cut]), (cut, XMP[cut:])):
        payload = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(XMP), offset) + part
        segments += b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
    data = encoded(pixels(), "JPEG")
    return data[:2] + segments + data[2:]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP", "PPM", "JPEG2000"])
def test_blank_location__leaves_a_file_without_one_as_it_is(file_format: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A maker of cameras"
    options = {"exif": exif} if file_format in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF") else {}
    data = encoded(pixels(), file_format, **options)

    assert stripped(data, tmp_path) == data


@given(data=st.data())
def test_blank_location__of_damaged_files_ends(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    name = data.draw(st.sampled_from(["jpeg", "png", "webp", "tiff", "big tiff"]))
    damaged = bytearray(FILES[name]())
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(damaged[: data.draw(st.integers(20, len(damaged)))])
    size = path.stat().st_size

    for file_format in ("JPEG", "PNG", "WEBP", "TIFF", "GIF"):
        with suppress(LocationKept):
            blank_location(path, file_format)

    assert path.stat().st_size == size


def test_blank_location__of_endless_words_ends(tmp_path: Path) -> None:
    """Long runs of letters and of openings without an end, where a careless pattern would take hours."""
    for words in (b"a" * 60_000, b"<exif:GPSx>" * 5_000, b"a:GPSx = '" * 5_000):
        payload = b"http://ns.adobe.com/xap/1.0/\0" + words
        data = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg()[2:]
        path = tmp_path / "image"
        path.write_bytes(data)
        with suppress(LocationKept):
            blank_location(path, "JPEG")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__takes_locations_out_where_the_project_says_so(
    upload: Upload, labeler: Person, project_id: int, tmp_path: Path
) -> None:
    data = FILES["jpeg"]()
    (kept,) = upload({"kept.jpg": data})["items"]
    with session_scope() as session:
        session.get_one(Project, project_id).strip_location = True
    avif = encoded(pixels(), "AVIF", exif=exif_with_place())

    report = upload({"alone.jpg": data, "all.zip": zipped({"in/zip.jpg": data, "phone.avif": avif})})

    assert labeler.get(f"/api/v1/images/{kept['id']}/file").content == data
    files = {item["name"]: labeler.get(f"/api/v1/images/{item['id']}/file").content for item in report["items"]}
    assert files == dict.fromkeys(("alone.jpg", "in/zip.jpg"), stripped(data, tmp_path))
    assert {item["name"]: item["duplicate_of"] for item in report["items"]} == {
        "alone.jpg": None,
        "in/zip.jpg": "alone.jpg",
    }
    assert [refusal["name"] for refusal in report["refused"]] == ["phone.avif"]
    assert "keeps no locations" in report["refused"][0]["error"]
