"""The results of a batch as files, streamed: however many images it has, memory holds a portion."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.batches import repository
from app.batches.packing import StoredPrediction, at_least, unpack_predictions
from app.batches.schemas import DownloadFormat
from app.batches.service import get_batch, require_ready
from app.db.engine import session_scope
from app.db.models import Batch, BatchImage
from app.downloads import file_name
from app.inference.postprocess import MaskFormat, one_bit_png, prediction_to_json
from app.labels.formats import semantic
from app.labels.formats.files import file_stems
from app.labels.formats.parsed import Batch as LabelBatch
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport
from app.labels.palette import choose_colors
from app.masks.instance import Instance
from app.masks.rle import area, box_xywh, decode_rle
from app.projects.repository import get_project
from app.zip_stream import ZipStream

_NO_ID = "00000000-0000-0000-0000-000000000000"  # of what is only painted


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out."""

    content: Iterator[bytes]
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Results:
    """What a batch found, to be read image by image within a session.

    min_score: 0-1, for every label; None leaves it to the batch's thresholds.
    """

    session: Session
    batch: Batch
    min_score: float | None
    mask: MaskFormat

    def images(self) -> Iterator[tuple[BatchImage, list[StoredPrediction]]]:
        """Every image in which something was looked for, with what is good enough, best score first."""
        for some in repository.iter_predicted(self.session, self.batch.id):
            for image in some:
                assert image.predictions is not None
                found = unpack_predictions(image.predictions, height=image.height, width=image.width)
                yield image, at_least(found, self.batch.thresholds, min_score=self.min_score)


def download_batch(
    batch_id: int, file_format: DownloadFormat, *, mask: MaskFormat, min_score: float | None
) -> Download:
    """Prepare a batch's results as a file; it is read in a transaction of its own that lasts as long as the stream.

    Raises:
        Conflict: The batch is not ready.
    """
    with session_scope(read_only=True) as session:
        batch = get_batch(session, batch_id)
        require_ready(batch)
        project_name = get_project(session, batch.project_id).name
    writer, suffix, media_type = _WRITERS[file_format]
    what = "" if file_format is DownloadFormat.JSON else file_format
    name = file_name(project_name, batch.model_name, f"batch-{batch_id}", what, suffix=suffix)

    def content() -> Iterator[bytes]:
        with session_scope(read_only=True) as session:
            yield from writer(Results(session, batch, min_score, mask))

    return Download(content(), media_type, name)


def _json_document(results: Results) -> Iterator[bytes]:
    """`{"<image name>": [as /api/predict answers]}`; an image that could not be looked at is left out."""
    separator = "{"
    for image, found in results.images():
        rows = [
            prediction_to_json(one.as_prediction(), mask=results.mask, height=image.height, width=image.width)
            for one in found
        ]
        yield f"{separator}{json.dumps(image.name)}: {json.dumps(rows)}".encode()
        separator = ",\n"
    yield b"{}" if separator == "{" else b"}"


def _masks_archive(results: Results) -> Iterator[bytes]:
    """A folder for each image, with a PNG of each object, white on black, and the JSON that names them."""
    archive, made_at = ZipStream(), results.batch.finished_at
    for folder, image, found in _with_stems(results):
        rows = []
        for number, one in enumerate(found, start=1):
            name = f"mask_{number:04}.png"
            yield from archive.add(
                f"{folder}/{name}", [one_bit_png(decode_rle(one.rle))], compress=False, modified=made_at
            )
            shown = prediction_to_json(
                one.as_prediction(), mask=MaskFormat.NONE, height=image.height, width=image.width
            )
            rows.append({**shown, "file": name})
        document = json.dumps(rows, ensure_ascii=False).encode()
        yield from archive.add(f"{folder}/predictions.json", [document], compress=True, modified=made_at)
    yield from archive.finish()


def _coco_document(results: Results) -> Iterator[bytes]:
    """COCO's results where the images are the project's, with the ids of its export; else a whole COCO document.

    In the document an image's id is its position in the batch, and each annotation has its score.
    """
    categories = _category_ids(results)
    of_project = results.batch.of_project
    if not of_project:
        images = [
            {"id": image.position, "file_name": image.name, "width": image.width, "height": image.height}
            for image in repository.list_image_heads(results.session, results.batch.id)
        ]
        named = [{"id": category_id, "name": name} for name, category_id in categories.items()]
        yield f'{{"images": {json.dumps(images)},\n"categories": {json.dumps(named)},\n"annotations": '.encode()
    separator, annotation_id = "[", 0
    for image, found in results.images():
        image_id = image.image_id if of_project else image.position
        if image_id is None:
            continue  # it was deleted since: the project's export does not know it either
        rows = []
        for one in found:
            annotation_id += 1
            row = {
                "image_id": image_id,
                "category_id": categories[one.class_name],
                "segmentation": {"size": list(one.rle.size), "counts": one.rle.counts},
                "bbox": list(box_xywh(one.rle)),
                "score": one.score,
            }
            rows.append(row if of_project else {"id": annotation_id, **row, "area": area(one.rle), "iscrowd": 0})
        if rows:
            yield (separator + ",\n".join(json.dumps(row) for row in rows)).encode()
            separator = ",\n"
    yield ("[]" if separator == "[" else "]").encode() + (b"" if of_project else b"}")


def _semantic_archive(results: Results) -> Iterator[bytes]:
    """A map of labels for each image in which something was found; the best score lies on top."""
    known = repository.list_classes(results.session, results.batch.project_id)
    names = list(results.batch.thresholds)
    spare = iter(choose_colors(len(names), taken=[one.color for one in known.values()]))
    ids = _category_ids(results)
    export = LabelExport(
        project_name=results.batch.model_name,
        classes=[ExportedClass(ids[name], name, known[name].color if name in known else next(spare)) for name in names],
        images=[_exported(image) for image in repository.list_image_heads(results.session, results.batch.id)],
        batches=_painted(results),
    )
    archive, made_at = ZipStream(), results.batch.finished_at
    for file in semantic.write(export):
        yield from archive.add(file.name, file.content, compress=file.is_compressed, modified=made_at)
    yield from archive.finish()


def _painted(results: Results) -> Iterator[LabelBatch]:
    for image, found in results.images():
        yield [(_exported(image), tuple(Instance(_NO_ID, one.class_name, rle=one.rle) for one in reversed(found)))]


def _exported(image: BatchImage) -> ExportedImage:
    return ExportedImage(image.position, image.name, image.width, image.height)


def _with_stems(results: Results) -> Iterator[tuple[str, BatchImage, list[StoredPrediction]]]:
    """Images with what their folders are called: as they are, without the suffix."""
    heads = repository.list_image_heads(results.session, results.batch.id)
    stems = file_stems([image.name for image in heads])
    for image, found in results.images():
        yield stems[image.name], image, found


def _category_ids(results: Results) -> dict[str, int]:
    """Our label ids, as the COCO export has them; labels renamed or deleted since get numbers that no label has."""
    known = repository.list_classes(results.session, results.batch.project_id)
    free = max((one.id for one in known.values()), default=0) + 1
    return {
        name: known[name].id if name in known else free + place for place, name in enumerate(results.batch.thresholds)
    }


_Writer = Callable[[Results], Iterator[bytes]]
_WRITERS: dict[DownloadFormat, tuple[_Writer, str, str]] = {
    DownloadFormat.JSON: (_json_document, ".json", "application/json"),
    DownloadFormat.MASKS: (_masks_archive, ".zip", "application/zip"),
    DownloadFormat.COCO: (_coco_document, ".json", "application/json"),
    DownloadFormat.SEMANTIC: (_semantic_archive, ".zip", "application/zip"),
}
