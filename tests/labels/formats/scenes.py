"""Objects for round trips through label formats, and what becomes of a file on its way out and in."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import strategies as st

from app.form_files import ReceivedFile
from app.images.repository import ImageName
from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport, ParsedLabels, ProjectNames
from app.labels.formats.table import READERS, WRITERS
from app.labels.matching import Fitted, FittedInstance, fit_labels
from app.masks.instance import Instance, Polygon, Rle, instance_from_json
from app.masks.polygons import mask_to_polygons
from app.masks.raster import instance_to_rle
from app.masks.rle import area, encode_mask
from tests.masks.strategies import masks, rings

HEIGHT, WIDTH = 13, 17
MAX_BYTES = 10_000_000
CLASSES = (ExportedClass(4, "fig", "#E69F00"), ExportedClass(9, "no, “date” <&>", "#56B4E9"))
IMAGE = ExportedImage(1, "left/a b.png", WIDTH, HEIGHT)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """An object of any kind: outlines with holes and parts, crossing and overlapping, and masks."""
    label, crowd = draw(st.sampled_from([c.name for c in CLASSES])), draw(st.booleans())
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    drawn = draw(masks(max_side=13))
    top, left = draw(st.integers(0, HEIGHT - drawn.shape[0])), draw(st.integers(0, WIDTH - drawn.shape[1]))
    mask[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    if not mask.any():
        mask[draw(st.sampled_from([0, HEIGHT - 1])), draw(st.sampled_from([0, 5, WIDTH - 1]))] = True
    match draw(st.sampled_from(["rle", "traced", "drawn"])):
        case "rle":
            return Instance("", label, rle=encode_mask(mask), crowd=crowd)
        case "traced":
            return Instance("", label, polygons=tuple(mask_to_polygons(mask)), crowd=crowd)
    ring = rings(0, HEIGHT)
    polygons = st.builds(Polygon, ring, st.lists(ring, max_size=2).map(tuple))
    return Instance("", label, polygons=tuple(draw(st.lists(polygons, min_size=1, max_size=3))), crowd=crowd)


def zipped(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def written(
    file_format: str, kept: Sequence[Instance], image: ExportedImage = IMAGE, others: Sequence[ExportedImage] = ()
) -> dict[str, bytes]:
    """The files of an export of one image with objects; `others` have none."""
    batches = [[(image, tuple(kept)), *((other, ()) for other in others)]]
    export = LabelExport("Fruit & nuts", CLASSES, [image, *others], batches)
    return {file.name: b"".join(file.content) for file in WRITERS[file_format].write(export)}


def parsed(
    file_format: str,
    files: Mapping[str, bytes],
    *,
    names: Sequence[str] = (IMAGE.name,),
    as_zip: bool = True,
    is_broken: bool = False,
) -> ParsedLabels:
    """Read files as they are sent, in a zip or one by one; they must be recognised unless they are broken."""
    with TemporaryDirectory() as folder:
        sent = {"labels.zip": zipped(files)} if as_zip else files
        received = []
        for number, (name, content) in enumerate(sent.items()):
            path = Path(folder, str(number))
            path.write_bytes(content)
            received.append(ReceivedFile(name, path))
        with LabelFiles.open(received, max_file_bytes=MAX_BYTES) as opened:
            project = ProjectNames(names, [c.name for c in CLASSES])
            result = READERS[file_format].parse(opened, project)
            assert READERS[file_format].recognises(opened) or is_broken
            return result


def fitted(labels: ParsedLabels, image: ExportedImage = IMAGE) -> Fitted:
    return fit_labels(labels, [ImageName(image.image_id, image.name, image.width, image.height)])


def came_back(file_format: str, kept: Sequence[Instance]) -> list[FittedInstance]:
    """What an import makes of an export."""
    found = fitted(parsed(file_format, written(file_format, kept)))
    assert found.refusals == []
    assert found.missing == []
    return [instance for image in found.images for instance in image.instances]


def expect_exact_pixels(file_format: str, drawn: Sequence[Instance]) -> None:
    """An export gives back what `keep` says, outline by outline, and that is every pixel that was drawn."""
    kept = [k.instance for k in WRITERS[file_format].keep(drawn, HEIGHT, WIDTH)]
    left = [instance for instance in kept if instance is not None]
    # Some formats have no file for an image without objects.
    back = (
        [fitted_instance(instance) for instance in came_back(file_format, left)] if written(file_format, left) else []
    )
    assert [(i.polygons, i.rle, i.class_name, i.crowd) for i in back] == [
        (i.polygons, i.rle, i.class_name, i.crowd) for i in left
    ]
    for instance, remains in zip(drawn, kept, strict=True):
        if remains is None:
            assert not covers_pixels(instance)
        else:
            assert described(remains) == described(instance)


def described(instance: Instance) -> tuple[str, bool, Rle]:
    """What a format is to keep of an object: label, crowd and pixels."""
    return instance.class_name, instance.crowd, instance_to_rle(instance, HEIGHT, WIDTH)


def fitted_instance(instance: FittedInstance, image: ExportedImage = IMAGE) -> Instance:
    size = [image.height, image.width]
    rle = None if instance.rle_counts is None else {"size": size, "counts": instance.rle_counts}
    item = {"id": instance.instance_id, "label": instance.class_name, "crowd": instance.crowd}
    return instance_from_json({**item, "polygons": instance.polygons, "rle": rle})


def covers_pixels(instance: Instance) -> bool:
    return area(instance_to_rle(instance, HEIGHT, WIDTH)) > 0
