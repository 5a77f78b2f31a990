import errno
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from app.storage.blobs import (
    BlobStore,
    FolderBlobStore,
    StorageFull,
    full_disk_refused,
    open_blob_store,
)
from tests.s3 import s3_endpoint, s3_url

__all__ = ["s3_endpoint", "s3_url"]  # fixtures


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    url = str(tmp_path / "storage") if request.param == "folder" else request.getfixturevalue("s3_url")
    return open_blob_store(url, scratch=tmp_path / "tmp")


def test_blobs__give_back_what_was_put(store: BlobStore) -> None:
    store.put_bytes("projects/1/a.bin", b"0123456789")
    assert store.read_bytes("projects/1/a.bin") == b"0123456789"
    assert store.size("projects/1/a.bin") == 10
    assert store.exists("projects/1/a.bin")
    with store.open("projects/1/a.bin") as file:
        file.seek(7)
        assert file.read() == b"789"
    with store.local_path("projects/1/a.bin") as path:
        assert path.read_bytes() == b"0123456789"
    assert b"".join(store.read_chunks("projects/1/a.bin", start=2, length=3)) == b"234"


def test_blobs__replace_a_blob(store: BlobStore) -> None:
    store.put_bytes("a", b"old")
    store.put_bytes("a", b"new and longer")
    assert store.read_bytes("a") == b"new and longer"


@pytest.mark.parametrize("move", [False, True])
def test_put_file__leaves_the_file_unless_it_is_to_be_moved(store: BlobStore, tmp_path: Path, move: bool) -> None:
    for folder in (tmp_path, store.scratch):
        path = folder / "upload.bin"
        path.write_bytes(b"content")
        store.put_file("projects/1/b.bin", path, move=move)
        assert store.read_bytes("projects/1/b.bin") == b"content"
        assert path.exists() is not move


def test_put_file__shared_stays_when_another_file_takes_over_its_name(store: BlobStore, tmp_path: Path) -> None:
    for folder in (tmp_path, store.scratch):
        path, newer = folder / "state.pt", folder / "newer.pt"
        path.write_bytes(b"first")
        for _again in range(2):
            store.put_file("models/1/state.pt", path, shared=True)
        newer.write_bytes(b"second")
        newer.replace(path)
        store.put_file("models/2/state.pt", path, shared=True)
        assert [store.read_bytes(f"models/{number}/state.pt") for number in (1, 2)] == [b"first", b"second"]
        path.unlink()
        assert store.read_bytes("models/2/state.pt") == b"second"
        assert list(store.scratch.iterdir()) == []


def test_put_file__shared_is_no_second_copy_in_a_folder(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    path = store.scratch / "state.pt"
    path.write_bytes(b"content")
    store.put_file("models/1/state.pt", path, shared=True)
    assert (tmp_path / "models/1/state.pt").samefile(path)


def test_put_file__shared_is_copied_where_the_disk_knows_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = FolderBlobStore(tmp_path)
    path = store.scratch / "state.pt"
    path.write_bytes(b"content")
    store.put_file("models/1/state.pt", path, shared=True)
    assert store.read_bytes("models/1/state.pt") == b"content"
    assert not (tmp_path / "models/1/state.pt").samefile(path)


def test_blobs__that_are_missing_are_not_found(store: BlobStore) -> None:
    assert not store.exists("none")
    with pytest.raises(FileNotFoundError):
        store.read_bytes("none")
    with pytest.raises(FileNotFoundError):
        store.size("none")
    with pytest.raises(FileNotFoundError):
        store.open("none")


def test_copy__gives_blobs_second_keys(store: BlobStore) -> None:
    pairs = [(f"projects/1/images/{n}", f"projects/2/images/{n}") for n in range(3)]
    for number, (key, _other) in enumerate(pairs):
        store.put_bytes(key, b"%d" % number)
    store.put_bytes("projects/2/images/2", b"replaced")
    store.copy(pairs)
    store.delete_prefix("projects/1/")
    store.put_bytes("projects/1/images/1", b"another")
    assert [store.read_bytes(other) for _key, other in pairs] == [b"0", b"1", b"2"]
    store.copy([])


def test_copy__of_what_is_not_there_fails(store: BlobStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.copy([("none", "projects/2/none")])
    assert not store.exists("projects/2/none")


def test_copy__where_the_disk_knows_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    store = FolderBlobStore(tmp_path / "storage")
    store.put_bytes("a", b"1")
    monkeypatch.setattr(os, "link", no_links)
    store.copy([("a", "b")])
    assert store.read_bytes("b") == b"1"


def test_list_keys__below_a_prefix(store: BlobStore) -> None:
    keys = ["projects/1/models/1/b", "projects/1/models/1/c/d", "projects/1/models/12/e"]
    for key in reversed(keys):
        store.put_bytes(key, b"x")
    assert store.list_keys("projects/1/models/1/") == keys[:2]
    assert store.list_keys("projects/1/") == keys
    assert store.list_keys("projects/2/") == []


def test_delete__passes_over_what_is_not_there(store: BlobStore) -> None:
    store.put_bytes("a", b"1")
    store.put_bytes("b", b"2")
    store.delete(["a", "missing", "b"])
    assert not store.exists("a")
    assert not store.exists("b")
    store.delete([])


def test_delete_prefix__leaves_the_neighbours(store: BlobStore) -> None:
    for key in ("projects/1/a", "projects/1/images/b", "projects/12/c"):
        store.put_bytes(key, b"x")
    store.delete_prefix("projects/1/")
    store.delete_prefix("projects/3/")
    assert [store.exists(key) for key in ("projects/1/a", "projects/1/images/b", "projects/12/c")] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../a", "a/../../b", "a//b", "é"])
def test_blobs__refuse_keys_that_could_leave_the_store(tmp_path: Path, key: str) -> None:
    store = FolderBlobStore(tmp_path / "storage")
    with pytest.raises(ValueError, match="is no blob key"):
        store.put_bytes(key, b"x")


def test_delete_prefix__while_somebody_still_writes(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path / "blobs")
    ended = Event()

    def write() -> None:
        for number in count():
            if ended.is_set():
                return
            with suppress(FileNotFoundError):  # its folder was deleted under it
                store.put_bytes(f"models/1/{number}", b"state")

    with ThreadPoolExecutor(1) as executor:
        writing = executor.submit(write)
        for _ in range(200):
            store.delete_prefix("models/1/")
        ended.set()
        writing.result()
    store.delete_prefix("models/1/")
    assert store.list_keys("models/1/") == []


def test_delete_prefix__wants_a_slash_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="should end with a slash"):
        FolderBlobStore(tmp_path / "storage").delete_prefix("projects/1")


def test_open_blob_store__refuses_other_addresses(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix or a folder"):
        open_blob_store("ftp://host/x", scratch=tmp_path)


def test_put__on_a_full_disk_keeps_nothing_half_written(small_folder: Path, tmp_path: Path) -> None:
    store = FolderBlobStore(small_folder / "storage")
    store.put_bytes("kept", b"x" * 500_000)
    with pytest.raises(StorageFull, match="disk is full"):
        store.put_bytes("too-large", b"y" * 900_000)
    (tmp_path / "large").write_bytes(b"z" * 900_000)
    with pytest.raises(StorageFull):
        store.put_file("too-large", tmp_path / "large")
    assert sorted(path.name for path in small_folder.rglob("*") if path.is_file()) == ["kept"]
    store.put_bytes("small", b"there is room again")
    assert store.read_bytes("kept") == b"x" * 500_000


def test_full_disk_refused__lets_other_faults_through() -> None:
    with pytest.raises(PermissionError), full_disk_refused():
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
