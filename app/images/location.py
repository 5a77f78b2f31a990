"""Takes out of an image file where it was taken: EXIF's GPS block, GeoTIFF's tags, GPS values in XMP.

The file is changed where it lies and keeps its length: entries leave their list, values become zeros, XMP becomes
spaces. So no pixel is encoded anew, and nothing that other tags point at moves. Pillow can only write a picture again;
pyexiv2 writes whole blocks again, which moves what cameras keep in maker notes, and its licence is the GPL.

Sources: EXIF 2.32 §4.6, TIFF 6.0 §2, ITU-T T.81 annex B, PNG third edition §5.3, WebP container, XMP part 3.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

GPS_TAG = 0x8825
# Where a map's picture lies on it: http://docs.opengeospatial.org/is/19-008r4/19-008r4.html annex C
GEO_TAGS = {33550, 33922, 34264, 34735, 34736, 34737}
XMP_TAG = 700
IFD_TAGS = {0x8769, 0x014A}  # pointers to further lists: EXIF's own, a TIFF's smaller pictures

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_POINTER_FORMATS = {4: "I", 13: "I", 16: "Q", 18: "Q"}
_EXIF = b"Exif\0\0"
_XMP, _LONG_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_FIRST_LIST = 8  # before it is the block's head
_LONG_XMP_HEADER_BYTES = len(_LONG_XMP) + 40
_PNG_XMP, _PNG_PROFILE = b"XML:com.adobe.xmp\0", b"Raw profile type "
_MAX_UNPACKED_BYTES = 1 << 24
_MAX_ENTRIES = 100_000  # of a file's lists: a TIFF of some thousand pages has as many, only a hostile one more
_MAX_HEADS = 1000  # of TIFF blocks in a file of another format
_HEAD_BYTES = 1 << 16  # looked at from each: EXIF is hardly ever longer
_MAX_NAME_BYTES = 79  # of a PNG's text: §11.3.3
# No byte of another block may be taken for a value's: hence no zeros, and none of JPEG's 0xFF.
_XMP_NAME_PATTERN = rb"(?<![\w-])(?!xmlns:)[\w-]{1,50}:gps\w{3,50}"
_XMP_VALUE = re.compile(
    rb"""%(name)s\s{0,50}=\s{0,50}(?:"[^"\0\xff]{0,4000}"|'[^'\0\xff]{0,4000}')"""
    rb"""|<(%(name)s)(?:\s[^<>\0\xff]{0,4000})?(?:/>|>[^\0\xff]{0,4000}?</\1\s{0,50}>)"""
    % {b"name": _XMP_NAME_PATTERN},
    re.IGNORECASE,
)
_XMP_NAME = re.compile(_XMP_NAME_PATTERN + rb"[\s=>/]", re.IGNORECASE)
_VIDEO_PLACE = re.compile(rb"\xa9xyz....([+-][0-9.]{2,12}[+-][0-9.]{2,12})", re.DOTALL)  # QuickTime's, ISO 6709
_AFTER_CODED_DATA = re.compile(rb"\xff[^\0\xd0-\xd7\xff]")  # T.81 §B.1.1.5: what is no stuffing and no restart
_ORDERS = {b"II*\0": "<", b"II+\0": "<", b"MM\0*": ">", b"MM\0+": ">"}
_TIFF_HEAD = re.compile(rb"II\*\0|MM\0\*")

Buffer = mmap.mmap | bytearray


class LocationKept(ValueError):
    """A file that may tell where it was taken, where that cannot be taken out; its text says what to do."""


def blank_location(path: Path, file_format: str) -> None:
    """Take the location out of a file of ours.

    Args:
        file_format: Pillow's name of it.
    Raises:
        LocationKept: The format has no place that we know to change, but a location.
    """
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        match file_format:
            case "JPEG" | "MPO":
                _blank_jpeg(data)
            case "PNG":
                _blank_png(data)
            case "WEBP":
                _blank_webp(data)
            case "TIFF":
                _blank_tiff(data, 0, len(data))
            case "BMP" | "PPM":
                pass  # they have no such place
            case _:
                _require_none(data, file_format)


def _blank_jpeg(data: Buffer) -> None:
    """Every block of the picture, and of those that may follow it in the same file."""
    long_xmp = bytearray()
    for start, end in _jpeg_app1(data):
        if data[start : start + len(_EXIF)] == _EXIF:
            _blank_tiff(data, start + len(_EXIF), end)
        elif data[start : start + len(_XMP)] == _XMP:
            _blank_xmp(data, start + len(_XMP), end)
        elif data[start : start + len(_LONG_XMP)] == _LONG_XMP:
            _blank_xmp(data, start + _LONG_XMP_HEADER_BYTES, end)
            long_xmp += data[start + _LONG_XMP_HEADER_BYTES : end]
    if _XMP_NAME.search(long_xmp):
        raise LocationKept(_words("in an XMP block that is cut in two"))
    for found in _VIDEO_PLACE.finditer(data):  # phones put a short film behind the picture
        data[found.start(1) : found.end(1)] = bytes(found.end(1) - found.start(1))


def _jpeg_app1(data: Buffer) -> Iterator[tuple[int, int]]:
    """Where the contents of the APP1 segments begin and end."""
    at = 0
    while (at := data.find(b"\xff\xd8\xff", at)) >= 0:
        at += 2
        while at >= 0 and at + 4 <= len(data) and data[at] == 0xFF:
            marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == 0xD9:
                break
            if marker == 0xFF:  # a fill byte
                at += 1
                continue
            end = min(at + 2 + length, len(data))
            if marker == 0xE1:
                yield at + 4, end
            at = end
            if marker == 0xDA:
                found = _AFTER_CODED_DATA.search(data, end)
                at = found.start() if found else len(data)


def _blank_png(data: Buffer) -> None:
    at = 8
    while at + 12 <= len(data):
        start, kind = at + 8, bytes(data[at + 4 : at + 8])
        end = min(start + int.from_bytes(data[at : at + 4], "big"), len(data) - 4)
        before = data[start:end] if kind in (b"eXIf", b"iTXt") else b""
        if kind == b"eXIf":
            _blank_tiff(data, start, end)
        elif kind in (b"iTXt", b"tEXt", b"zTXt"):
            _blank_png_text(data, start, end, kind)
        if before and data[start:end] != before:
            data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4


def _blank_png_text(data: Buffer, start: int, end: int, kind: bytes) -> None:
    name_end = data.find(b"\0", start, min(end, start + _MAX_NAME_BYTES + 1)) + 1
    name = bytes(data[start:name_end])
    if kind == b"iTXt" and name == _PNG_XMP:
        if not data[name_end]:
            return _blank_xmp(data, name_end, end)
        text_at = data.find(b"\0", data.find(b"\0", name_end + 2) + 1) + 1  # after two words about the language
        if _XMP_NAME.search(_unpacked(data[text_at:end])):
            raise LocationKept(_words("in packed XMP"))
    elif name.startswith(_PNG_PROFILE):  # of old programs: a name, a length and hexadecimal digits, a line each
        text = _unpacked(data[name_end + 1 : end]) if kind == b"zTXt" else bytes(data[name_end:end])
        digits = re.sub(rb"[^0-9a-fA-F]", b"", text.split(b"\n", 3)[-1]).decode()
        _require_none(bytearray.fromhex(digits[: len(digits) // 2 * 2]), "PNG")
    return None


def _unpacked(packed: bytes | bytearray) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MAX_UNPACKED_BYTES)
    except zlib.error:
        return b""  # nobody can read it


def _blank_webp(data: Buffer) -> None:
    at = 12
    while at + 8 <= len(data):
        start, kind = at + 8, data[at : at + 4]
        length = int.from_bytes(data[at + 4 : start], "little")
        end = min(start + length, len(data))
        if kind == b"EXIF":
            skipped = len(_EXIF) if data[start : start + len(_EXIF)] == _EXIF else 0
            _blank_tiff(data, start + skipped, end)
        elif kind == b"XMP ":
            _blank_xmp(data, start, end)
        at = start + length + length % 2


def _require_none(data: Buffer, file_format: str) -> None:
    """Refuse a file, or what was unpacked from one, that has a location anywhere."""
    place = f"in a part of {file_format} that we do not change"
    if _XMP_NAME.search(data):
        raise LocationKept(_words(place))
    for number, found in enumerate(_TIFF_HEAD.finditer(data)):
        before = data[found.start() : found.start() + _HEAD_BYTES]
        after = bytearray(before)
        _blank_tiff(after, 0, len(after))
        if after != before or number == _MAX_HEADS:
            raise LocationKept(_words(place))


def _words(place: str) -> str:
    return (
        f"it tells where it was taken, {place}, and this project keeps no locations: take the location out yourself "
        "(exiftool -gps:all= -xmp:gps*=), or save it as JPEG or PNG"
    )


def _blank_xmp(data: Buffer, start: int, end: int) -> None:
    for found in _XMP_VALUE.finditer(data[start:end]):
        data[start + found.start() : start + found.end()] = b" " * (found.end() - found.start())
    if _XMP_NAME.search(data[start:end]):
        raise LocationKept(_words("in XMP that cannot be understood"))


def _blank_tiff(data: Buffer, start: int, end: int) -> None:
    order = _ORDERS.get(bytes(data[start : start + 4]))
    if order is not None and start + 16 <= end:
        _Tiff(data, start, end, order).blank()


class _Tiff:
    """Tags and values as TIFF keeps them, in lists (IFD) that point at one another.

    What points outside cannot be read by anybody, so it is passed over.
    """

    def __init__(self, data: Buffer, start: int, end: int, order: str) -> None:
        self._data, self._start, self._end, self._order = data, start, end, order
        self._entries_left = _MAX_ENTRIES
        self._is_big = b"+" in data[start : start + 4]
        self._pointer = "Q" if self._is_big else "I"
        self._count = "Q" if self._is_big else "H"
        self._entry_bytes, self._value_at = (20, 12) if self._is_big else (12, 8)

    def blank(self) -> None:
        pending, seen = [*self._read(8 if self._is_big else 4, self._pointer)], set[int]()
        while pending:
            at = pending.pop()
            if at >= _FIRST_LIST and at not in seen:
                seen.add(at)
                pending += self._blank_list(at)

    def _blank_list(self, at: int) -> list[int]:
        """Take a list's location out; the lists that it points at."""
        entries, entries_end = self._entries(at)
        following = [*self._read(entries_end, self._pointer)]
        kept = []
        for entry in entries:
            (tag,) = self._read(entry, "H")
            if tag == GPS_TAG:
                for gps_list in self._pointers(entry):
                    self._wipe_list(max(gps_list, _FIRST_LIST))
            elif tag in GEO_TAGS:
                self._wipe(*self._value(entry))
            else:
                kept.append(self._get(entry, self._entry_bytes))
            if tag in IFD_TAGS:
                following += self._pointers(entry)
            elif tag == XMP_TAG:
                value, size = self._value(entry)
                _blank_xmp(self._data, self._start + value, min(self._start + value + size, self._end))
        if len(kept) < len(entries):
            tail = self._get(entries_end, struct.calcsize(self._pointer))
            written = struct.pack(self._order + self._count, len(kept)) + b"".join(kept) + tail
            self._wipe(at, entries_end + len(tail) - at)
            self._put(at, written)
        return following

    def _wipe_list(self, at: int) -> None:
        entries, entries_end = self._entries(at)
        for entry in entries:
            self._wipe(*self._value(entry))
        self._wipe(at, entries_end - at)

    def _entries(self, at: int) -> tuple[range, int]:
        """Where a list's entries are, and where they end; none for a list that is not there."""
        first = at + struct.calcsize("=" + self._count)
        count = min(next(self._read(at, self._count), 0), max(0, self._end - self._start - first) // self._entry_bytes)
        self._entries_left -= count
        if self._entries_left < 0:
            raise LocationKept(_words(f"perhaps: it has more than {_MAX_ENTRIES:,} tags"))
        entries_end = first + count * self._entry_bytes
        return range(first, entries_end, self._entry_bytes), entries_end

    def _value(self, entry: int) -> tuple[int, int]:
        """Where an entry's value is, and its length in bytes."""
        (kind,) = self._read(entry + 2, "H")
        (count,) = self._read(entry + 4, self._pointer)
        size = _TYPE_BYTES.get(kind, 1) * count
        place = entry + self._value_at
        if size > self._entry_bytes - self._value_at:
            (place,) = self._read(place, self._pointer)
        return place, size

    def _pointers(self, entry: int) -> list[int]:
        (kind,) = self._read(entry + 2, "H")
        place, size = self._value(entry)
        letter = _POINTER_FORMATS.get(kind, self._pointer)
        places = range(place, min(place + size, self._end - self._start), struct.calcsize(letter))[:_MAX_ENTRIES]
        return [pointer for at in places for pointer in self._read(at, letter)]

    def _read(self, at: int, letter: str) -> Iterator[int]:
        """A number, or nothing outside."""
        raw = self._get(at, struct.calcsize("=" + letter))
        if len(raw) == struct.calcsize("=" + letter):
            yield from struct.unpack(self._order + letter, raw)

    def _get(self, at: int, size: int) -> bytes:
        return bytes(self._data[self._start + at : min(self._start + at + size, self._end)])

    def _put(self, at: int, raw: bytes) -> None:
        self._data[self._start + at : self._start + at + len(raw)] = raw

    def _wipe(self, at: int, size: int) -> None:
        size = min(size, self._end - self._start - at)
        if size > 0:
            self._put(at, bytes(size))
