"""The models of a project archive on their way in. What names images by their old ids is written anew."""

import gzip
import io
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError

from app.db.engine import session_scope
from app.db.enums import Speed
from app.inference.errors import InvalidModel
from app.inference.model_meta import META_FILE, read_meta
from app.masks.errors import InvalidMask
from app.masks.prediction_table import PredictionTable, prediction_table_from_bytes, prediction_table_to_bytes
from app.project_archive.model_rows import add_checkpoints, add_model
from app.project_archive.reading import MAX_DOCUMENT_BYTES, BrokenArchive, ProjectArchive
from app.project_archive.schemas import FILES_FOLDER, MODEL_FILE, SNAPSHOT_FILE, ArchivedModel, FilePath
from app.storage.blobs import BlobStore
from app.training.exports import fast_prefix
from app.training.lifecycle import model_prefix
from app.training.model_files import EXPORT_FILES
from app.training.snapshot import InvalidSnapshot, Snapshot, from_json_bytes, to_json_bytes
from app.zip_damage import ZIP_DAMAGE

# Images that were deleted since the training keep a place in its predictions, under ids that no image has. A browser
# knows whole numbers up to 2^53.
FIRST_GONE_ID = 2**52
MAX_SNAPSHOT_BYTES = 16 * MAX_DOCUMENT_BYTES  # unpacked
# What reading a file raises that is not as we write it.
_DAMAGE = (*ZIP_DAMAGE, KeyError, TypeError, IndexError, MemoryError)


@dataclass(frozen=True, slots=True)
class NewImage:
    """What became of an image that had another id."""

    image_id: int
    storage_key: str


class ModelIntake:
    """Takes the models of an archive into a project."""

    def __init__(
        self,
        archive: ProjectArchive,
        project_id: int,
        images: Mapping[int, NewImage],
        *,
        folder: Path,
        blobs: BlobStore,
    ) -> None:
        """
        Args:
            images: The project's images by the ids that they had.
            folder: For files on their way.
        """
        self._archive = archive
        self._project_id = project_id
        self._images = images
        self._folder = folder
        self._blobs = blobs

    def take(self, folder: str) -> None:
        """Store the files and write the rows of the model in a folder of the archive.

        Raises:
            BrokenArchive: Something of it is missing, damaged or there twice.
        """
        model = self._archive.read(folder + MODEL_FILE, ArchivedModel)
        self._check_files(folder, model)
        snapshot_key = f"projects/{self._project_id}/snapshots/{uuid.uuid4()}.json.gz"
        has_snapshot = folder + SNAPSHOT_FILE in self._archive.files
        if has_snapshot:
            self._blobs.put_bytes(snapshot_key, self._snapshot(folder + SNAPSHOT_FILE))
        can_go_on = has_snapshot and all(checkpoint.state_file for checkpoint in model.checkpoints)
        try:
            with session_scope() as session:
                model_id = add_model(session, self._project_id, model, snapshot_key=snapshot_key, can_go_on=can_go_on)
            self._store_files(folder, model, model_id)
            with session_scope() as session:
                add_checkpoints(session, self._project_id, model_id, model)
        except IntegrityError as error:
            words = f"the model {model.name!r}, or something of it, is there twice; export the project again"
            raise BrokenArchive(folder + MODEL_FILE, words) from error

    def _check_files(self, folder: str, model: ArchivedModel) -> None:
        named: list[str | None] = []
        for checkpoint in model.checkpoints:
            named += [checkpoint.state_file, *(predictions.file for predictions in checkpoint.prediction_sets)]
            if checkpoint.export_folder is not None:
                named += [f"{checkpoint.export_folder}/{name}" for name in EXPORT_FILES]
                named += [
                    f"{fast_prefix(checkpoint.export_folder, predictions.file)}/{name}"
                    for predictions in checkpoint.prediction_sets
                    if predictions.speed is Speed.FAST
                    for name in EXPORT_FILES
                ]
        for file in named:
            if file is not None and folder + FILES_FOLDER + file not in self._archive.files:
                raise BrokenArchive(folder + FILES_FOLDER + file, f"it is missing although {MODEL_FILE} names it")

    def _store_files(self, folder: str, model: ArchivedModel, model_id: int) -> None:
        prefix = model_prefix(self._project_id, model_id)
        tables = {predictions.file for checkpoint in model.checkpoints for predictions in checkpoint.prediction_sets}
        for path in self._archive.files:
            if not path.startswith(folder + FILES_FOLDER):
                continue
            file = path.removeprefix(folder + FILES_FOLDER)
            key = prefix + _checked(path, file)
            target = self._archive.unpack(path, self._folder / "model-file")
            if file in tables:
                self._blobs.put_bytes(key, self._table(path, target.read_bytes(), model))
                target.unlink()
            else:
                _check_meta(path, target, model)
                self._blobs.put_file(key, target, move=True)

    def _table(self, path: str, data: bytes, model: ArchivedModel) -> bytes:
        """A prediction set with the ids that the images have now, by ascending id as it has to be."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as columns:
                if any(column.compress_type != zipfile.ZIP_STORED for column in columns.infolist()):
                    raise ValueError("its columns are compressed")  # as they never are; it could be a bomb
            table = prediction_table_from_bytes(data)
        except _DAMAGE as error:
            raise BrokenArchive(path, f"it is no prediction set that can be read ({error!r:.200})") from error
        if list(table.class_names) != model.class_names:
            raise BrokenArchive(path, f"its labels are not those of {MODEL_FILE}")
        images = [
            replace(image, image_id=self._new_id(image.image_id, place)) for place, image in enumerate(table.images)
        ]
        images.sort(key=lambda image: image.image_id)
        return prediction_table_to_bytes(PredictionTable(table.class_names, tuple(images)))

    def _new_id(self, old_id: int, place: int) -> int:
        new = self._images.get(old_id)
        return FIRST_GONE_ID + place if new is None else new.image_id

    def _snapshot(self, path: str) -> bytes:
        """The frozen labels with the images' new ids and files; images that were deleted since are left out."""
        target = self._archive.unpack(path, self._folder / "snapshot")
        try:
            with gzip.open(target) as file:
                if file.seek(MAX_SNAPSHOT_BYTES) == MAX_SNAPSHOT_BYTES:
                    raise ValueError(f"it unpacks to more than {MAX_SNAPSHOT_BYTES:,} bytes")
            snapshot = from_json_bytes(target.read_bytes())
        except (*_DAMAGE, InvalidSnapshot, InvalidMask) as error:
            raise BrokenArchive(path, f"it is no snapshot of labels that can be read ({error!r:.200})") from error
        finally:
            target.unlink()
        images = tuple(
            replace(image, image_id=new.image_id, storage_key=new.storage_key)
            for image in snapshot.images
            if (new := self._images.get(image.image_id))
        )
        return to_json_bytes(Snapshot(self._project_id, snapshot.class_names, images))


def _check_meta(path: str, file: Path, model: ArchivedModel) -> None:
    """Look at what an exported model says of itself, so that a broken one is not found at the first prediction."""
    if not path.endswith(f"/{META_FILE}"):
        return
    named = file.with_name(META_FILE)
    file.rename(named)
    try:
        meta = read_meta(named.parent)
    except InvalidModel as error:
        raise BrokenArchive(path, str(error)) from error
    finally:
        named.rename(file)
    if list(meta.class_names) != model.class_names:
        raise BrokenArchive(path, "its labels are not those of the model; export the project again")


def _checked(path: str, file: str) -> str:
    try:
        return TypeAdapter(FilePath).validate_python(file)
    except ValidationError as error:
        raise BrokenArchive(path, "its name is none that a model's file has") from error
