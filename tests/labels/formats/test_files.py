"""Files of an import: found by name, read when asked for, never more than memory holds."""

import json
import zipfile
from pathlib import Path

import pytest

from app.form_files import ReceivedFile
from app.labels.formats import files as files_module
from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import UnreadableFile


def opened(path: Path, name: str) -> LabelFiles:
    return LabelFiles.open([ReceivedFile(name, path)], max_file_bytes=1 << 20)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "labels.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("top/labels.json", json.dumps({"images": []}))
        zipped.writestr("top/large.json", b" " * 5000)
        zipped.writestr("top/mask.png", b"not looked into")
    return path


def test_read__refuses_a_document_that_memory_should_not_hold(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MAX_DOCUMENT_BYTES", 4000)
    with opened(archive, "labels.zip") as files:
        assert files.json("top/labels.json") == {"images": []}
        with pytest.raises(UnreadableFile, match="5,000 bytes, at most 4,000 are read at once"):
            files.read("top/large.json")
        assert files.documents() == [{"images": []}]
    monkeypatch.setattr(files_module, "MAX_DOCUMENT_BYTES", 10)
    with opened(archive, "labels.zip") as files, pytest.raises(UnreadableFile, match="split it"):
        files.require_documents()


def test_documents__looks_into_a_lone_file_of_any_name_but_not_into_pictures(tmp_path: Path) -> None:
    lone = tmp_path / "0"
    lone.write_text("[1]")
    with opened(lone, "export.txt") as files:
        assert files.documents() == [[1]]
    pictures = tmp_path / "masks.zip"
    with zipfile.ZipFile(pictures, "w") as zipped:
        for name in ("a.png", "b.png"):
            zipped.writestr(name, "[1]")
    with opened(pictures, "masks.zip") as files:
        assert files.documents() == []
