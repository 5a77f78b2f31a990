"""Zips that were made to do harm, or by careless programs, sent as uploads."""

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from app.images.archives import MAX_ENTRIES, Archive, ArchiveRefused
from app.settings import Settings
from tests.images.conftest import Upload
from tests.images.pictures import png, zipped

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

GIB = 1024**3


def zip_of_everything_bad() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (
            "../up.png",
            "in/../../up.png",
            "..\\up.png",
            "/root.png",
            "C:\\root.png",
            "C:/root.png",
            "line\nbreak.png",
        ):
            archive.writestr(name, png())
        for name, kind in (("link.png", stat.S_IFLNK), ("folder-link", stat.S_IFLNK)):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (kind | 0o777) << 16
            archive.writestr(entry, "/etc")
        archive.writestr("folder-link/through.png", png(9))
        archive.writestr("nested.zip", zipped({"inner.png": png()}))
        archive.writestr("bomb.png", bytes(150_000_000))
        archive.writestr("good.png", png(10))
    return file.getvalue()


@sqlite_alone
def test_upload__takes_what_is_good_in_a_zip_of_everything_bad(upload: Upload, app_env: Settings) -> None:
    report = upload({"bad.zip": zip_of_everything_bad()})

    assert [item["name"] for item in report["items"]] == ["folder-link/through.png", "good.png"]
    reasons = {refusal["name"]: refusal["error"] for refusal in report["refused"]}
    assert {name: next(word for word in WORDS if word in reason) for name, reason in reasons.items()} == {
        "../up.png": "leads out",
        "in/../../up.png": "leads out",
        "..\\up.png": "leads out",
        "/root.png": "absolute",
        "C:\\root.png": "absolute",
        "C:/root.png": "absolute",
        "line\nbreak.png": "cannot be shown",
        "link.png": "a link",
        "folder-link": "a link",
        "nested.zip": "zip inside a zip",
        "bomb.png": "zip bomb",
    }
    assert list(app_env.data_dir.rglob("*up.png")) == []


WORDS = ("leads out", "absolute", "cannot be shown", "a link", "zip inside a zip", "zip bomb")


@sqlite_alone
def test_upload__refuses_100001_entries(upload: Upload) -> None:
    """The real limit; `test_archives.py` has the others with small ones."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), b"")

    report = upload({"many.zip": file.getvalue()})

    assert report["items"] == []
    assert [refusal["name"] for refusal in report["refused"]] == ["many.zip"]
    assert "100,001 entries, at most 100,000" in report["refused"][0]["error"]


@sqlite_alone
def test_upload__refuses_more_entries_than_the_end_admits(upload: Upload) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), b"")
    data = bytearray(file.getvalue())
    end_64 = data.rindex(b"PK\x06\x06")
    struct.pack_into("<QQ", data, end_64 + 24, 1, 1)

    report = upload({"lying.zip": bytes(data)})

    assert report["items"] == []
    assert "entries, at most 100,000" in report["refused"][0]["error"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archive__refuses_a_lone_entry_of_5_gib(tmp_path: Path, method: int) -> None:
    """Stored, it is as large as it says, as a file with a hole; packed, it only says so."""
    path = tmp_path / "lone.zip"
    packed_bytes = 5 * GIB if method == zipfile.ZIP_STORED else 5_000_000
    write_lone_zip(path, size=5 * GIB, packed_bytes=packed_bytes, method=method)
    limits = {"max_entry_bytes": 2 * GIB, "max_total_bytes": 8 * GIB}

    archive = Archive(path, **limits)
    archive.close()

    (entry,) = archive.entries
    assert entry.name == "lone.png"
    assert "5,368,709,120 bytes, at most 2,147,483,648" in str(entry.refusal)


def write_lone_zip(path: Path, *, size: int, packed_bytes: int, method: int) -> None:
    """A zip64 of one entry, with a hole where its content would be."""
    name = b"lone.png"
    sizes = struct.pack("<HHQQ", 1, 16, size, packed_bytes)
    unknown = 0xFFFFFFFF
    with path.open("wb") as file:
        file.write(
            struct.pack("<4s5H3I2H", b"PK\x03\x04", 45, 0, method, 0, 33, 0, unknown, unknown, len(name), len(sizes))
        )
        file.write(name + sizes)
        file.seek(packed_bytes, io.SEEK_CUR)
        directory = file.tell()
        file.write(
            struct.pack(
                "<4s6H3I5H2I",
                b"PK\x01\x02",
                45,
                45,
                0,
                method,
                0,
                33,
                0,
                unknown,
                unknown,
                len(name),
                len(sizes),
                0,
                0,
                0,
                0,
                0,
            )
        )
        file.write(name + sizes)
        end = file.tell()
        file.write(struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, end - directory, directory))
        file.write(struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1))
        file.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, end - directory, unknown, 0))


@sqlite_alone
def test_upload__unpacks_no_more_than_an_entry_says(upload: Upload, app_env: Settings) -> None:
    """An entry that says 1,000 bytes and holds 300 MB."""
    packed = zlib.compressobj(wbits=-15)
    bomb = b"".join(packed.compress(bytes(1_000_000)) for _ in range(300)) + packed.flush()
    data = bytearray(zipped({"bomb.png": bomb}))
    for signature, method_at, size_at in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = data.index(signature)
        struct.pack_into("<H", data, at + method_at, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", data, at + size_at, 1000)

    report = upload({"lying.zip": bytes(data)})

    assert [refusal["name"] for refusal in report["refused"]] == ["bomb.png"]
    assert "damaged inside the zip" in report["refused"][0]["error"]
    assert [path for path in (app_env.data_dir / "storage").rglob("*") if path.is_file()] == []


@sqlite_alone
@pytest.mark.parametrize(
    "raw, shown",
    [
        pytest.param("無花果.png".encode("shift-jis"), None, id="shift-jis"),
        pytest.param("figūra.png".encode("cp1257"), None, id="cp1257"),
        pytest.param("figūra.png".encode(), "figūra.png", id="utf-8 without its flag"),
        pytest.param("figu\u0304ra.png".encode(), "figūra.png", id="decomposed, as macOS writes it"),
    ],
)
def test_upload__takes_names_in_any_encoding(upload: Upload, raw: bytes, shown: str | None) -> None:
    placeholder = b"x" * len(raw)
    data = zipped({placeholder.decode(): png()}).replace(placeholder, raw)

    (item,) = upload({"names.zip": data})["items"]

    assert item["name"] == (shown or raw.decode("cp437"))


@sqlite_alone
def test_upload__refuses_a_zip_whose_names_are_not_what_it_says(upload: Upload) -> None:
    data = zipped({"ąxx.png": png()}).replace("ąxx".encode(), b"\xff\xfexx")  # flagged as UTF-8

    report = upload({"names.zip": data})

    assert report["items"] == []
    assert [refusal["name"] for refusal in report["refused"]] == ["names.zip"]
    assert "no zip file that can be read" in report["refused"][0]["error"]


def test_archive__of_a_zip_with_overlapping_entries_is_a_bomb(tmp_path: Path) -> None:
    """Every entry of the list points at the same packed megabytes."""
    one = zipped({"0000.png": bytes(1_000_000)}, compression=zipfile.ZIP_DEFLATED)
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = b"".join(one[at:end].replace(b"0000.png", b"%04d.png" % number) for number in range(5000))
    path = tmp_path / "overlap.zip"
    path.write_bytes(one[:at] + entries + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 5000, 5000, len(entries), at, 0))

    with pytest.raises(ArchiveRefused, match="zip bomb"):
        Archive(path, max_entry_bytes=2 * GIB, max_total_bytes=8 * GIB)
