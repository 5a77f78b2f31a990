"""Freeze a project's labels and split for a training, or say what is missing."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.enums import Split
from app.errors import Unprocessable
from app.masks.instance import Instance, instance_from_json
from app.splits.draw import draw_validation
from app.splits.near_duplicates import Groups
from app.splits.repository import labels_by_image
from app.splits.service import near_duplicates
from app.training import repository
from app.training.defaults import LabeledSet
from app.training.repository import LabeledImage, NamedInstance
from app.training.snapshot import Snapshot, SnapshotImage


class NothingToTrainOn(Unprocessable):
    """The labels do not make a training possible; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class LabeledProject:
    """A project's labeled images, the labels on each, and which of all its images show nearly the same.

    Images without a label are background.
    """

    project_id: int
    images: Sequence[LabeledImage]
    labels_by_image: Mapping[int, Set[str]]
    class_names: tuple[str, ...]
    near_duplicates: Groups

    @property
    def with_instances(self) -> frozenset[int]:
        """Images that are not background: a training needs some of them on both sides."""
        return frozenset(image.id for image in self.images if image.instance_count > 0)

    @property
    def marked(self) -> frozenset[int]:
        """Labeled images that are marked for validation; none where all of these are background."""
        marked = [image for image in self.images if image.in_validation]
        judges = any(image.instance_count > 0 for image in marked)
        return frozenset(image.id for image in marked) if judges else frozenset()

    @property
    def summary(self) -> LabeledSet:
        largest = max((max(image.width, image.height) for image in self.images), default=0)
        return LabeledSet(len(self.images), len(self.class_names), largest)


def read_labeled_project(session: Session, project_id: int) -> LabeledProject:
    """Read which images are labeled with what; labels without an instance are no classes of a model."""
    labels = labels_by_image(session, project_id)
    used = {name for names in labels.values() for name in names}
    return LabeledProject(
        project_id,
        repository.list_labeled_images(session, project_id),
        labels,
        tuple(name for name in repository.list_class_names(session, project_id) if name in used),
        near_duplicates(session, project_id),
    )


def choose_validation(
    project: LabeledProject, *, use_validation_set: bool, percent: float, seed: int
) -> frozenset[int]:
    """Say which labeled images are held back.

    Raises:
        NothingToTrainOn: no image would be left on one of the two sides.
    """
    with_instances = project.with_instances
    if not with_instances:
        raise NothingToTrainOn("this project has no labeled images: label at least two, or import labels")
    if use_validation_set:
        if not project.marked:
            raise NothingToTrainOn(
                "no labeled image is marked for validation: mark some in the gallery, or turn use_validation_set off "
                "to have a part drawn"
            )
        if with_instances <= project.marked:
            raise NothingToTrainOn(
                "every labeled image is in the validation set: take some out, so that there is something to train on"
            )
        return project.marked
    if len(with_instances) == 1:
        raise NothingToTrainOn(
            "only one image is labeled: label at least one more, since one has to be held back for validation"
        )
    drawn = draw_validation(project.labels_by_image, percent=percent, seed=seed, groups=project.near_duplicates)
    if not drawn & with_instances:
        raise NothingToTrainOn(
            "no image can be held back for validation, since each is the only one with one of its labels: "
            "label more images, or mark some for validation"
        )
    return drawn


def freeze(session: Session, project: LabeledProject, validation: Set[int]) -> Snapshot:
    """Read the instances of every labeled image into a snapshot.

    Raises:
        NothingToTrainOn: all instances of the training images are crowds.
    """
    instances = repository.list_instances(session, [image.id for image in project.images])
    images = tuple(
        SnapshotImage(
            image_id=image.id,
            name=image.name,
            storage_key=image.storage_key,
            width=image.width,
            height=image.height,
            split=Split.VALIDATION if image.id in validation else Split.TRAINING,
            instances=tuple(to_instance(named, image.height, image.width) for named in instances[image.id]),
        )
        for image in project.images
    )
    snapshot = Snapshot(project.project_id, project.class_names, images)
    training = snapshot.of_split(Split.TRAINING)
    if all(instance.crowd for image in training for instance in image.instances):
        raise NothingToTrainOn(
            "every instance on the training images is marked as crowd: label single objects, since crowds only say "
            "where predictions do not count"
        )
    return snapshot


def to_instance(named: NamedInstance, height: int, width: int) -> Instance:
    """Read an instance's row; height and width are its image's."""
    stored = named.instance
    shape: dict[str, object] = {"polygons": stored.polygons}
    if stored.rle_counts is not None:
        shape = {"rle": {"size": [height, width], "counts": stored.rle_counts}}
    return instance_from_json(
        {
            "id": stored.instance_id,
            "label": named.class_name,
            "crowd": stored.crowd,
            "source": stored.source,
            **shape,
        }
    )
