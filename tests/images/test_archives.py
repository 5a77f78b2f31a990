import io
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.images import archives
from app.images.archives import Archive, ArchiveRefused, is_zip
from tests.images.pictures import zipped

LIMITS = {"max_entry_bytes": 10_000_000, "max_total_bytes": 20_000_000}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return write


def opened(path: Path, **limits: int) -> Archive:
    return Archive(path, **{**LIMITS, **limits})


def refusals(path: Path, **limits: int) -> dict[str, str | None]:
    archive = opened(path, **limits)
    archive.close()
    return {entry.name: entry.refusal for entry in archive.entries}


def test_archive__unpacks_its_files_with_their_folders(written: Callable[[bytes], Path], tmp_path: Path) -> None:
    archive = opened(written(zipped({"a/b.png": b"one", "c.png": b"two", "a/": b""})))
    for number, entry in enumerate(archive.entries):
        archive.unpack(entry, tmp_path / str(number))
    archive.close()
    assert [entry.name for entry in archive.entries] == ["a/b.png", "c.png"]
    assert [(tmp_path / name).read_bytes() for name in "01"] == [b"one", b"two"]


def test_archive__leaves_out_what_systems_add(written: Callable[[bytes], Path]) -> None:
    names = {"a.png": b"", "__MACOSX/._a.png": b"", ".DS_Store": b"", ".hidden.png": b""}
    assert list(refusals(written(zipped(names)))) == ["a.png", ".hidden.png"]


def test_archive__refuses_names_that_lead_out(written: Callable[[bytes], Path]) -> None:
    found = refusals(written(zipped({"../a.png": b"", "/b.png": b"", "in/../../c.png": b"", "d.png": b""})))
    assert [reason is None for reason in found.values()] == [False, False, False, True]


def test_archive__refuses_links_and_nested_zips(written: Callable[[bytes], Path]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.ZIP", zipped({"a.png": b""}))
    found = refusals(written(file.getvalue()))
    assert "link" in str(found["link.png"])
    assert "zip inside a zip" in str(found["inner.ZIP"])


def test_archive__refuses_encrypted_files(written: Callable[[bytes], Path]) -> None:
    data = bytearray(zipped({"a.png": b"content"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the list of entries
    assert "encrypted" in str(refusals(written(bytes(data)))["a.png"])


def test_archive__refuses_a_file_beyond_the_limit(written: Callable[[bytes], Path]) -> None:
    found = refusals(written(zipped({"large.png": b"12345678", "small.png": b"1234"})), max_entry_bytes=5)
    assert "8 bytes, at most 5" in str(found["large.png"])
    assert found["small.png"] is None


def test_archive__refuses_a_large_declared_size_without_reading_it(written: Callable[[bytes], Path]) -> None:
    data = bytearray(zipped({"lone.png": b"x"}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 700_000_000)
    assert "looks like a zip bomb" in str(refusals(written(bytes(data)), max_entry_bytes=2**31)["lone.png"])


def test_archive__refuses_a_bomb_as_a_whole(written: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNSUSPICIOUS_BYTES", 1_000_000)
    bomb = zipped({f"{n}.png": bytes(900_000) for n in range(3)}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ArchiveRefused, match="it looks like a zip bomb"):
        opened(written(bomb))


def test_archive__refuses_more_in_all_than_may_be_taken(written: Callable[[bytes], Path]) -> None:
    with pytest.raises(ArchiveRefused, match="at most 15 are taken"):
        opened(written(zipped({"a.png": b"0123456789", "b.png": b"0123456789"})), max_total_bytes=15)


def test_archive__refuses_a_list_of_too_many_entries(
    written: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 2)
    assert len(refusals(written(zipped({"a": b"", "b": b""})))) == 2
    with pytest.raises(ArchiveRefused, match="3 entries, at most 2"):
        opened(written(zipped({"a": b"", "b": b"", "c": b""})))


def test_archive__counts_entries_of_a_zip64(written: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 65_600)
    path = written(zipped({str(number): b"" for number in range(65_601)}))
    with pytest.raises(ArchiveRefused, match="65,601 entries"):
        opened(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06", b"no zip at all", zipped({"a": b"abc"})[:-10]])
def test_archive__refuses_what_is_no_whole_zip(written: Callable[[bytes], Path], data: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        opened(written(data))


def test_archive__reads_names_in_utf_8_without_the_flag(written: Callable[[bytes], Path]) -> None:
    placeholder = "xxxxx.png"
    name = "ąž".encode() + b"x.png"
    data = zipped({placeholder: b""}).replace(placeholder.encode(), name)
    assert list(refusals(written(data))) == ["ąžx.png"]


def test_archive__reads_other_names_as_the_zip_format_says(written: Callable[[bytes], Path]) -> None:
    data = zipped({"x.png": b""}).replace(b"x.png", b"\x81.png")  # cp437 0x81, no UTF-8
    assert list(refusals(written(data))) == ["ü.png"]


def test_unpack__refuses_a_damaged_entry(written: Callable[[bytes], Path], tmp_path: Path) -> None:
    data = zipped({"a.png": b"content that will not match"}).replace(b"content that", b"CONTENT that")
    archive = opened(written(data))
    with pytest.raises(ArchiveRefused, match="damaged inside the zip"):
        archive.unpack(archive.entries[0], tmp_path / "target")
    archive.close()


@pytest.mark.parametrize(("data", "expected"), [(zipped({}), True), (zipped({"a": b""}), True), (b"\xff\xd8", False)])
def test_is_zip__looks_at_the_content(written: Callable[[bytes], Path], data: bytes, expected: bool) -> None:
    assert is_zip(written(data)) is expected


@example(changes=[(201, 0)], cut=0, compression=zipfile.ZIP_STORED)  # an entry whose name is empty
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 60),
    compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
)
def test_archive__whatever_the_bytes(
    written: Callable[[bytes], Path], tmp_path: Path, changes: list[tuple[int, int]], cut: int, compression: int
) -> None:
    data = bytearray(zipped({"a.png": b"some content", "b/c.png": bytes(range(20))}, compression=compression))
    for at, value in changes:
        data[at % len(data)] = value
    try:
        archive = opened(written(bytes(data[: len(data) - cut])))
    except ArchiveRefused:
        return
    for entry in archive.entries:
        target = tmp_path / "target"
        with suppress(ArchiveRefused):
            archive.unpack(entry, target)
        target.unlink(missing_ok=True)
    archive.close()
