"""Our own format read a few images at a time."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.labels.formats import maskwright_stream
from app.labels.formats.maskwright_stream import read_documents
from app.labels.formats.parsed import UnreadableFile

HEAD = {"format": "maskwright", "version": 1, "project": 'a "images":[ ü', "labels": [{"name": "fig"}]}


def written(path: Path, images: list[Any]) -> Path:
    path.write_text(json.dumps({**HEAD, "images": images}, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return path


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_read_documents__gives_every_image_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, count: int
) -> None:
    monkeypatch.setattr(maskwright_stream, "_CHUNK_CHARACTERS", chunk)
    images = [{"name": f"ü{n}]}}", "instances": [{"id": n, "polygons": [[[n, 2.5]] * n]}]} for n in range(count)]
    documents = list(read_documents(written(tmp_path / "labels.json", images), images_at_once=2))
    assert documents[0] == {**HEAD, "images": []}
    assert [len(document["images"]) for document in documents[1:]] == [2] * (count // 2) + [1] * (count % 2)
    assert [image for document in documents for image in document["images"]] == images


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '["images":[]}',
        '{"images":[',
        '{"images":[]',
        '{"images":[{"name":"a"',
        '{"images":[{"name":"a"}}',
        '{"images":[{"name":"a"},]}',
        '{"images":[{} {}]}',
        '{"images":[]} more',
        '{"images":[],"labels":[]}',
        '{"images":[' + "[" * 100_000,
    ],
)
def test_read_documents__refuses_what_we_do_not_write(tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile):
        list(read_documents(path, images_at_once=2))


def test_read_documents__refuses_other_encodings(tmp_path: Path) -> None:
    path = written(tmp_path / "labels.json", [])
    path.write_bytes(path.read_bytes().decode().encode("latin-1"))
    with pytest.raises(UnreadableFile):
        list(read_documents(path, images_at_once=2))
