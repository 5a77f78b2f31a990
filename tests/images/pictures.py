"""Tiny image files and zips for tests."""

import io
import zipfile
from collections.abc import Mapping

from PIL import ExifTags, Image

ORANGE = (230, 120, 30)


def png(width: int = 8, height: int = 6, color: tuple[int, int, int] = ORANGE) -> bytes:
    return encoded(Image.new("RGB", (width, height), color), "PNG")


def jpeg(width: int = 8, height: int = 6, *, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return encoded(Image.new("RGB", (width, height), ORANGE), "JPEG", exif=exif)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def zipped(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()
