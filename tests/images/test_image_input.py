import base64
import json

import pytest

from app.errors import BadRequest, Unprocessable, UnsupportedMediaType
from app.images.fetch_url import UrlAllowance
from app.images.image_input import read_image_input

PICTURE = b"\xff\xd8 picture \xfb\xff"


def read(body: bytes, content_type: str = "application/octet-stream", content_encoding: str = "") -> bytes:
    return read_image_input(
        body,
        content_type=content_type,
        content_encoding=content_encoding,
        allowance=UrlAllowance(),
        max_bytes=1000,
    )


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "image/jpeg", "image/whatever; q=1", "IMAGE/PNG", ""]
)
def test_read_image_input__takes_bytes_of_any_image_type(content_type: str) -> None:
    assert read(PICTURE, content_type) == PICTURE


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_read_image_input__takes_base64_with_any_charset_parameter(content_type: str) -> None:
    body = json.dumps({"base64": base64.b64encode(PICTURE).decode()}).encode()
    assert read(body, content_type) == PICTURE


@pytest.mark.parametrize(
    "text",
    [
        "data:image/jpeg;base64," + base64.b64encode(PICTURE).decode(),
        " DATA:image/jpeg;charset=utf-8;BASE64," + base64.b64encode(PICTURE).decode(),
        base64.urlsafe_b64encode(PICTURE).decode(),
        base64.b64encode(PICTURE).decode().rstrip("="),
        base64.encodebytes(PICTURE).decode(),
    ],
)
def test_read_image_input__takes_the_usual_ways_to_write_base64(text: str) -> None:
    assert read(json.dumps({"base64": text}).encode(), "application/json") == PICTURE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b"null",
        b'{"url": 5}',
        b'{"base64": ""}',
        b'{"base64": "!!"}',
        b'{"base64": null}',
        b"\xff",
    ],
)
def test_read_image_input__refuses_json_without_an_image(body: bytes) -> None:
    with pytest.raises(BadRequest, match="invalid url or image"):
        read(body, "application/json")


def test_read_image_input__refuses_an_empty_body() -> None:
    with pytest.raises(BadRequest, match="body is empty"):
        read(b"")


@pytest.mark.parametrize(
    "content_type", ["text/html", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_read_image_input__refuses_other_types(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="neither an image nor JSON"):
        read(PICTURE, content_type)


@pytest.mark.parametrize("content_encoding", ["gzip", "GZIP", "br"])
def test_read_image_input__refuses_what_is_compressed_once_more(content_encoding: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="send the body as it is"):
        read(PICTURE, content_encoding=content_encoding)


@pytest.mark.parametrize("content_encoding", ["identity", "utf-8"])
def test_read_image_input__takes_encodings_that_change_nothing(content_encoding: str) -> None:
    assert read(PICTURE, content_encoding=content_encoding) == PICTURE


def test_read_image_input__checks_the_address_of_a_url() -> None:
    with pytest.raises(Unprocessable, match="not a public address"):
        read(b'{"url": "http://127.0.0.1/x.jpg"}', "application/json")
