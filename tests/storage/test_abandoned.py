"""What is left in a scratch folder: a killed process's goes at the next start, a living one's stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.storage.abandoned import remove_abandoned
from app.storage.blobs import BlobStore, open_blob_store
from app.storage.scratch import scratch_folder

HOLDER = """
import sys, time
from pathlib import Path
from app.storage.blobs import open_blob_store
from app.storage.scratch import scratch_folder

with scratch_folder(open_blob_store(sys.argv[1], scratch=Path())) as folder:
    (folder / "graphs").mkdir()
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return open_blob_store(str(tmp_path / "storage"), scratch=tmp_path)


def test_scratch_folder__leaves_nothing(store: BlobStore) -> None:
    with scratch_folder(store) as folder:
        (folder / "file").write_bytes(b"x")
    assert list(store.scratch.iterdir()) == []


def test_remove_abandoned__takes_what_a_killed_process_held(store: BlobStore, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "storage")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())

        remove_abandoned(store.scratch, before=0)
        assert (folder / "graphs").is_dir()

        holder.send_signal(signal.SIGKILL)
    remove_abandoned(store.scratch, before=0)
    assert list(store.scratch.iterdir()) == []


def test_remove_abandoned__takes_of_the_rest_what_is_old(tmp_path: Path) -> None:
    now = time.time()
    for name, age in (("old", 5000), ("fresh", 10)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"")
        os.utime(tmp_path / name, (now - age, now - age))
    remove_abandoned(tmp_path, before=now - 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["fresh"]
    remove_abandoned(tmp_path / "not there", before=now)
