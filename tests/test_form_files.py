from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import form_files
from app.errors import BadRequest, PayloadTooLarge
from app.form_files import FormReceiver

BOUNDARY = b"----x"


def part(disposition: str, data: bytes) -> bytes:
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


def received(body: bytes, folder: Path, *, block: int = 1 << 20) -> dict[str, bytes]:
    receiver = FormReceiver(BOUNDARY, folder)
    try:
        for start in range(0, len(body), block):
            receiver.write(body[start : start + block])
        return {file.name: file.path.read_bytes() for file in receiver.finish()}
    finally:
        receiver.close()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("form")


@given(contents=st.lists(st.binary(max_size=60), max_size=3), block=st.integers(1, 200))
def test_form_receiver__gives_the_files_however_the_body_is_cut(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], block: int
) -> None:
    parts = [part(f'form-data; name="files"; filename="{n}.png"', data) for n, data in enumerate(contents)]
    expected = {f"{number}.png": data for number, data in enumerate(contents)}
    assert received(form(*parts), tmp_path_factory.mktemp("form"), block=block) == expected


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="files"; filename="box/ū 日.jpg"', "box/ū 日.jpg"),
        ('form-data; name="files"; filename="say %22fig%22.jpg"', 'say "fig".jpg'),
        ('form-data; name="file"; filename="a;b.jpg"', "a;b.jpg"),
        ('form-data; name="f"; filename="it\'s &amp;<b>.jpg"', "it's &amp;<b>.jpg"),
        ("form-data; name=\"f\"; filename*=utf-8''%C5%AB.jpg", "ū.jpg"),
    ],
)
def test_form_receiver__reads_names_as_browsers_and_scripts_write_them(
    folder: Path, disposition: str, name: str
) -> None:
    assert received(form(part(disposition, b"x")), folder) == {name: b"x"}


def test_form_receiver__passes_over_fields_without_a_file(folder: Path) -> None:
    body = form(part('form-data; name="note"', b"hello"), part('form-data; name="files"; filename=""', b""))
    assert received(body, folder) == {}


@pytest.mark.parametrize("end", [0, 40, -8])
def test_form_receiver__refuses_a_body_that_ends_in_the_middle(folder: Path, end: int) -> None:
    body = form(part('form-data; name="files"; filename="a.png"', b"content"))
    with pytest.raises(BadRequest, match="ends in the middle"):
        received(body[:end], folder)


def test_form_receiver__refuses_what_is_no_form(folder: Path) -> None:
    with pytest.raises(BadRequest, match="form is broken"):
        received(b"not a form at all, but long enough", folder)


def test_form_receiver__refuses_endless_headers(folder: Path) -> None:
    with pytest.raises(BadRequest, match="form is broken"):
        received(form(part('form-data; name="' + "x" * 9000 + '"', b"")), folder)


def test_form_receiver__refuses_too_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_files, "MAX_FILES", 2)
    body = form(*(part(f'form-data; name="files"; filename="{n}.png"', b"") for n in range(3)))
    with pytest.raises(PayloadTooLarge, match="more than 2 files"):
        received(body, folder)
