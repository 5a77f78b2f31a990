"""Which image and label a mask's file is for, told by its folders and its name and by what the project has already."""

import re
from dataclasses import dataclass

from app.images.names import last_part
from app.labels.formats.files import stem
from app.labels.formats.parsed import ProjectNames

UNNAMED_LABEL = "object"
_NUMBERED = re.compile(r"(.+)[_-](\d+)")
_NO_LABELS = {"mask", "masks", "label", "labels", "annotation", "annotations", "instance", "instances", "png"}
_PHOTOS = {"image", "images", "img", "imgs", "jpegimages", "photo", "photos"}


@dataclass(frozen=True, slots=True)
class MaskPlace:
    """A mask's file, and what it is for: an image by its name, or by its name without suffix, and a label."""

    file: str
    image: str
    label: str


class KnownNames:
    """The project's images and labels."""

    def __init__(self, project: ProjectNames) -> None:
        self.images = set(project.images)
        self.classes = set(project.classes)
        self.only_class = project.classes[0] if len(project.classes) == 1 else UNNAMED_LABEL
        self._last_stems = {last_part(stem(name)) for name in project.images}
        self._last_parts = {last_part(name) for name in project.images}

    def has_image(self, path: str) -> bool:
        """Whether a path may mean an image: by its last part, with or without a suffix."""
        return last_part(path) in self._last_stems or self.is_full_name(path)

    def is_full_name(self, path: str) -> bool:
        """Whether the image that a path may mean is called so with its suffix."""
        return last_part(path) in self._last_parts

    def label_of(self, folder: str) -> str:
        """The label that a folder stands for; the project's only one, or "object", where it is called "masks"."""
        is_label = folder in self.classes or folder.lower() not in _NO_LABELS
        return folder if is_label else self.only_class


def is_photo(file: str, known: KnownNames) -> bool:
    """Whether a picture is an image that lies beside the masks: by its whole name, or by a folder for images."""
    *folders, last = file.split("/")
    if any(folder.lower() in _PHOTOS and folder not in known.classes for folder in folders):
        return True
    # Its last part alone would be taken for an image where it is a mask: <label>/<image>.png.
    names = ["/".join([*folders[depth:], last]) for depth in range(len(folders) or 1)]
    return any(name in known.images for name in names)


def find_place(file: str, known: KnownNames) -> MaskPlace | None:
    """Tell image and label by the first layout in which the image is one of the project's; else by the folders alone.

    <image>/<label>/<number> and <image>/masks/<any>; <label>/<image>_<number>; <image>_<label>_<number>;
    <label>/<image>/<any> and <image>/<any>.
    """
    for layout in (
        _below_its_image,
        _below_its_label,
        _all_in_its_name,
        _beside_others_of_its_image,
        _by_folders_alone,
    ):
        place = layout(file, known)
        if place is not None:
            return place
    return None


def _below_its_image(file: str, known: KnownNames) -> MaskPlace | None:
    above, parent, _ = _parts(file)
    return MaskPlace(file, above, known.label_of(parent)) if above and known.has_image(above) else None


def _below_its_label(file: str, known: KnownNames) -> MaskPlace | None:
    above, parent, last = _parts(file)
    if not parent:
        return None
    numbered = _NUMBERED.fullmatch(last)
    image = next((each for each in ([numbered[1]] if numbered else []) + [last] if known.has_image(each)), None)
    return None if image is None else MaskPlace(file, _joined(above, image), known.label_of(parent))


def _all_in_its_name(file: str, known: KnownNames) -> MaskPlace | None:
    """A label that the project has decides where to cut, else the longest image's name."""
    above, parent, last = _parts(file)
    numbered = _NUMBERED.fullmatch(last)
    name = numbered[1] if numbered else last
    cuts = [(name[: cut.start()], name[cut.end() :]) for cut in re.finditer("[_-]", name)]
    cuts = [(image, label) for image, label in reversed(cuts) if label and known.has_image(image)]
    if not cuts:
        return None
    image, label = next((cut for cut in cuts if cut[1] in known.classes), cuts[0])
    return MaskPlace(file, _joined(_joined(above, parent), image), label)


def _beside_others_of_its_image(file: str, known: KnownNames) -> MaskPlace | None:
    above, parent, _ = _parts(file)
    if not known.has_image(parent):
        return None
    if last_part(above) in known.classes:
        return MaskPlace(file, parent, last_part(above))
    return MaskPlace(file, _joined(above, parent), known.only_class)


def _by_folders_alone(file: str, known: KnownNames) -> MaskPlace | None:
    """The project has no such image, and its name is reported: as far as the folders tell it."""
    above, parent, last = _parts(file)
    numbered = _NUMBERED.fullmatch(last)
    if numbered and parent and (parent in known.classes or not above):
        return MaskPlace(file, numbered[1], known.label_of(parent))
    return MaskPlace(file, above, known.label_of(parent)) if above else None


def _parts(file: str) -> tuple[str, str, str]:
    """The folders above the one it lies in, that folder, and its name without suffix; "" for what there is not."""
    folders, _, last = stem(file).rpartition("/")
    above, _, parent = folders.rpartition("/")
    return above, parent, last


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
