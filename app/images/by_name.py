"""One image at a time, called by its name: what the hosted service's calls do."""

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.models import Image
from app.errors import BadRequest, Conflict, NotFound, Unprocessable
from app.form_files import ReceivedFile
from app.images import repository
from app.images.archives import is_zip
from app.images.names import BadName, clean_name
from app.images.schemas import UploadedImage
from app.images.service import upload_images
from app.projects.access import Access
from app.settings import Settings
from app.storage.blobs import BlobStore, full_disk_refused
from app.storage.scratch import scratch_folder


def upload_image(access: Access, name: str, data: bytes, *, blobs: BlobStore, settings: Settings) -> UploadedImage:
    """Take an image under a name.

    Raises:
        BadRequest: It is no image that can be read.
        Conflict: The project has an image of this name.
        Unprocessable: No image can have this name.
        StorageFull: The disk is full.
    """
    cleaned = _cleaned(name)
    with session_scope(read_only=True) as session:
        if repository.find_taken_names(session, access.project_id, [cleaned]):
            raise Conflict(f"project {access.project_id} has an image {cleaned!r}: delete it first, or rename this one")
    with scratch_folder(blobs) as folder:
        file = ReceivedFile(cleaned, folder / "0")
        with full_disk_refused():
            file.path.write_bytes(data)
        if is_zip(file.path):
            raise BadRequest("invalid url or image: this is a zip; it goes to /api/v1/projects/{id}/images")
        report = upload_images(access, [file], blobs=blobs, settings=settings)
    if not report.items:
        raise BadRequest(f"invalid url or image: {report.refused[0].error}")
    return report.items[0]


def find_image(session: Session, access: Access, name: str) -> Image:
    """Find an image of a project.

    Raises:
        NotFound: None has this name.
        Unprocessable: No image can have it.
    """
    image = repository.find_image_by_name(session, access.project_id, _cleaned(name))
    if image is None:
        raise NotFound(f"there is no image {name!r:.600} in project {access.project_id}")
    return image


def list_names(session: Session, access: Access) -> list[str]:
    """The names of every image, in the order of uploading."""
    return [image.name for image in repository.list_image_names(session, access.project_id)]


def _cleaned(name: str) -> str:
    try:
        return clean_name(name)
    except BadName as error:
        raise Unprocessable(f"the image's name {name!r:.200}: {error}") from error
