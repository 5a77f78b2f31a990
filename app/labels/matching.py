"""Which image of the project a label file means, and how its instances fit into that image. No database here."""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.images.names import BadName, clean_name, last_part
from app.images.repository import ImageName
from app.labels.formats.files import stem
from app.labels.formats.parsed import ParsedImage, ParsedInstance, ParsedLabels, Problem
from app.labels.formats.relative import to_pixels
from app.masks.instance import InvalidMask, Polygon
from app.masks.polygons import clip_polygons
from app.masks.raster import polygons_to_rle
from app.masks.rle import area

MAX_CLASS_NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class FittedInstance:
    """An instance that fits its image. Equal content has an equal digest, whatever the id."""

    instance_id: str
    class_name: str
    polygons: list[Any] | None
    rle_counts: str | None
    crowd: bool
    source: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class FittedImage:
    """An image of the project with a whole set of instances for it."""

    image_id: int
    name: str
    width: int
    height: int
    instances: list[FittedInstance]


@dataclass(slots=True)
class Fitted:
    """A label file laid over a project: what would be imported, and what a person should know of it."""

    images: list[FittedImage]
    matched_count: int
    missing: list[str]
    refusals: list[Problem]
    notes: list[Problem]  # told, but imported


def fit_labels(parsed: ParsedLabels, project_images: Sequence[ImageName]) -> Fitted:
    """Find the file's images in the project and fit their instances; one that cannot be refuses its image's set."""
    fitted = Fitted([], 0, [], list(parsed.problems), [])
    find = _ImageFinder(project_images, parsed.images)
    taken: dict[int, str] = {}
    for parsed_image in parsed.images:
        image = find(parsed_image)
        if image is None:
            fitted.missing.append(parsed_image.name)
            continue
        fitted.matched_count += 1
        problems = [*_image_problems(parsed_image, image, taken), *parsed_image.problems]
        taken.setdefault(image.image_id, parsed_image.name)
        notes = list(parsed_image.notes)
        instances = [] if problems else list(_fit_instances(parsed_image, image, problems, notes))
        if problems:
            fitted.refusals += problems
        else:
            fitted.images.append(FittedImage(*image, instances))
            fitted.notes += notes
    return fitted


def content_digest(
    class_name: str, polygons: Sequence[Polygon], rle_counts: str | None, *, crowd: bool, height: int, width: int
) -> bytes:
    """A digest of what an instance is. One with holes counts as its mask, since COCO carries it as such."""
    digest = hashlib.sha1(f"{class_name}\0{int(crowd)}\0".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    if rle_counts is None and any(polygon.holes for polygon in polygons):
        rle_counts = polygons_to_rle(polygons, height, width).counts
    if rle_counts is not None:
        digest.update(rle_counts.encode())
    else:
        for polygon in polygons:
            digest.update(array("d", chain.from_iterable(polygon.exterior)).tobytes())
            digest.update(b"/")
    return digest.digest()


class _ImageFinder:
    """Finds images by name, else by the name's last part where that is unique on both sides."""

    def __init__(self, project_images: Sequence[ImageName], parsed_images: Sequence[ParsedImage]) -> None:
        self._by_name = {image.name: image for image in project_images}
        self._by_stem = _grouped(project_images, stem)
        self._by_last_part = _grouped(project_images, last_part)
        self._by_last_stem = _grouped(project_images, lambda name: stem(last_part(name)))
        self._last_parts = Counter(last_part(_cleaned(image.name)) for image in parsed_images)

    def __call__(self, parsed: ParsedImage) -> ImageName | None:
        names = [_cleaned(name) for name in (parsed.name, *parsed.other_names)]
        for name in names:
            if parsed.is_stem and len(same := self._by_stem.get(name, [])) == 1:
                return same[0]
            if not parsed.is_stem and (exact := self._by_name.get(name)) is not None:
                return exact
        end = last_part(names[0])
        candidates = (self._by_last_stem if parsed.is_stem else self._by_last_part).get(end, [])
        return candidates[0] if len(candidates) == 1 and self._last_parts[end] == 1 else None


def _grouped(images: Sequence[ImageName], key: Callable[[str], str]) -> dict[str, list[ImageName]]:
    groups: dict[str, list[ImageName]] = defaultdict(list)
    for image in images:
        groups[key(image.name)].append(image)
    return groups


def _cleaned(name: str) -> str:
    """Read a name as uploading would have; a path from somebody's disk counts by its last part."""
    try:
        return clean_name(name)
    except BadName:
        return last_part(name.replace("\\", "/"))


def _image_problems(parsed: ParsedImage, image: ImageName, taken: dict[int, str]) -> Iterator[Problem]:
    if image.image_id in taken:
        words = f"it means the same image of the project as {taken[image.image_id]!r}; keep one of the two"
        yield Problem(parsed.name, None, words)
    sizes = (parsed.width, parsed.height)
    if None not in sizes and sizes != (image.width, image.height):
        hint = ", turned by its EXIF orientation" if sizes == (image.height, image.width) else ""
        yield Problem(
            parsed.name,
            None,
            f"the file says {parsed.width} x {parsed.height} pixels, the image has {image.width} x {image.height}"
            f"{hint}: its outlines would lie wrong",
        )


def _fit_instances(
    parsed: ParsedImage, image: ImageName, problems: list[Problem], notes: list[Problem]
) -> Iterator[FittedInstance]:
    twins: Counter[bytes] = Counter()
    ids: set[str] = set()
    for instance in parsed.instances:
        try:
            if parsed.is_relative:
                instance.polygons = to_pixels(instance.polygons, image.height, image.width)
            fitted, note = _fit(instance, image, twins)
            if fitted.instance_id in ids:
                raise InvalidMask(f"the id {fitted.instance_id} comes twice in this image")
        except InvalidMask as error:
            problems.append(Problem(parsed.name, instance.entry, str(error)))
            continue
        ids.add(fitted.instance_id)
        if note is not None:
            notes.append(Problem(parsed.name, instance.entry, note))
        yield fitted


def _fit(instance: ParsedInstance, image: ImageName, twins: Counter[bytes]) -> tuple[FittedInstance, str | None]:
    name = instance.class_name
    if not 0 < len(name) <= MAX_CLASS_NAME_CHARACTERS or not name.isprintable():
        raise InvalidMask(f"its label {name[:100]!r} should be 1 to {MAX_CLASS_NAME_CHARACTERS} characters to be shown")
    polygons, note = instance.polygons, None
    if instance.rle is None:
        clipped = clip_polygons(polygons, image.height, image.width)
        if not clipped.polygons:
            raise InvalidMask(f"it lies wholly outside the image of {image.width} x {image.height} pixels")
        if clipped.changed:
            note = "a part outside the image was cut off"
        polygons = clipped.polygons
    elif instance.rle.size != (image.height, image.width):
        height, width = instance.rle.size
        raise InvalidMask(f"its rle size is [{height}, {width}], the image's is [{image.height}, {image.width}]")
    elif area(instance.rle) == 0:
        raise InvalidMask("it has no pixel")
    counts = None if instance.rle is None else instance.rle.counts
    digest = content_digest(name, polygons, counts, crowd=instance.crowd, height=image.height, width=image.width)
    twins[digest] += 1
    fitted = FittedInstance(
        instance_id=instance.instance_id or _id_of(image.image_id, digest, twins[digest]),
        class_name=name,
        # JSON writes tuples as lists, so rings need not be copied.
        polygons=None if counts is not None else [{"exterior": p.exterior, "holes": p.holes} for p in polygons],
        rle_counts=counts,
        crowd=instance.crowd,
        source=instance.source,
        digest=digest,
    )
    return fitted, note


def _id_of(image_id: int, digest: bytes, occurrence: int) -> str:
    """Make an id of image and content: importing the same again gives the same id. Twins are counted."""
    # The layout of a version 5 UUID (RFC 9562, 5.5), without the cost of uuid.UUID for every instance.
    h = hashlib.sha1(digest + b"%d/%d" % (image_id, occurrence), usedforsecurity=False).hexdigest()
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:32]}"
