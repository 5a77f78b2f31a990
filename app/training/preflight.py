"""What a look at the labels can tell before hours of training do: few instances, tiny ones, a lopsided split."""

from collections import Counter
from enum import StrEnum

from sqlalchemy.orm import Session

from app.errors import NotFound, Unprocessable
from app.masks.instance import Rle
from app.splits.near_duplicates import images_across
from app.training import repository, shapes
from app.training.freeze import LabeledProject, choose_validation, read_labeled_project
from app.training.repository import LabeledImage, StoredShape
from app.training.schemas import PreflightQuery, PreflightSchema, WarningSchema
from app.training.shapes import CROWDED_INSTANCES, ShapeCounts

FEW_INSTANCES = 10  # below, a label is learned by heart rather than learned
FEW_VALIDATION_IMAGES = 4  # below, one image more or less right moves the mAP by a lot
HUGE_IMAGES = 100_000
MAX_LOOKED_AT = 500  # images; of a larger set every n-th is looked at, which takes half a second and tells as much


class WarningKind(StrEnum):
    FEW_INSTANCES = "few instances"
    NOT_IN_TRAINING = "not in training"
    NOT_IN_VALIDATION = "not in validation"
    FEW_VALIDATION_IMAGES = "few validation images"
    DEGENERATE = "degenerate"
    TINY = "tiny"
    CROWDED = "crowded"
    HUGE = "huge"
    NEAR_DUPLICATES = "near duplicates"


def check_training(session: Session, project_id: int, query: PreflightQuery) -> PreflightSchema:
    """Say how the images would be divided, why a training could not start, and what may go wrong in it.

    Raises:
        NotFound: The project has no model `like`.
    """
    project = read_labeled_project(session, project_id)
    changed = None if query.like is None else _count_images_changed(session, project_id, query.like)
    use_marked = bool(project.marked) if query.use_validation_set is None else query.use_validation_set
    try:
        validation = choose_validation(
            project, use_validation_set=use_marked, percent=query.validation_percent, seed=query.seed
        )
    except Unprocessable as problem:
        return PreflightSchema(
            training_images=len(project.images),
            validation_images=0,
            problem=problem.message,
            warnings=[],
            images_changed=changed,
        )
    warnings = [
        *_warn_of_labels(session, project, validation),
        *_warn_of_counts(project, validation),
        *_warn_of_shapes(_look_at_shapes(session, project, query.image_size)),
    ]
    return PreflightSchema(
        training_images=len(project.images) - len(validation),
        validation_images=len(validation),
        problem=None,
        warnings=warnings,
        images_changed=changed,
    )


def _count_images_changed(session: Session, project_id: int, model_id: int) -> int:
    models = repository.list_existing_models(session, [model_id])
    if not any(model.project_id == project_id for model in models):
        raise NotFound(f"there is no model {model_id} in project {project_id}")
    return repository.count_images_changed_since(session, project_id, model_id)


def _warn_of_labels(session: Session, project: LabeledProject, validation: frozenset[int]) -> list[WarningSchema]:
    counts = repository.count_instances_by_label(session, project.project_id)
    in_training: Counter[str] = Counter()
    in_validation: Counter[str] = Counter()
    for image_id, class_name, count in counts:
        (in_validation if image_id in validation else in_training)[class_name] += count
    of_kind = {
        WarningKind.NOT_IN_TRAINING: [name for name in project.class_names if not in_training[name]],
        WarningKind.NOT_IN_VALIDATION: [name for name in project.class_names if not in_validation[name]],
        WarningKind.FEW_INSTANCES: [name for name in project.class_names if 0 < in_training[name] < FEW_INSTANCES],
    }
    return [
        WarningSchema(kind=kind, labels=names, count=len(names), of=len(project.class_names))
        for kind, names in of_kind.items()
        if names
    ]


def _warn_of_counts(project: LabeledProject, validation: frozenset[int]) -> list[WarningSchema]:
    total = len(project.images)
    crowded = sum(image.instance_count > CROWDED_INSTANCES for image in project.images)
    warnings = []
    if len(validation) < FEW_VALIDATION_IMAGES:
        warnings.append(_warning(WarningKind.FEW_VALIDATION_IMAGES, len(validation), total))
    if crowded:
        warnings.append(_warning(WarningKind.CROWDED, crowded, total))
    training = {image.id for image in project.images} - validation
    if across := images_across(project.near_duplicates, validation, training):
        warnings.append(_warning(WarningKind.NEAR_DUPLICATES, len(across), len(validation)))
    if total > HUGE_IMAGES:
        warnings.append(_warning(WarningKind.HUGE, total, total))
    return warnings


def _warn_of_shapes(counts: ShapeCounts) -> list[WarningSchema]:
    warnings = []
    if counts.degenerate:
        warnings.append(_warning(WarningKind.DEGENERATE, counts.degenerate, counts.shapes))
    if counts.many_are_tiny:
        warnings.append(_warning(WarningKind.TINY, counts.tiny, counts.shapes))
    return warnings


def _warning(kind: WarningKind, count: int, of: int) -> WarningSchema:
    return WarningSchema(kind=kind, labels=[], count=count, of=of)


def _look_at_shapes(session: Session, project: LabeledProject, image_size: int) -> ShapeCounts:
    images = {image.id: image for image in project.images[:: 1 + len(project.images) // MAX_LOOKED_AT]}
    return shapes.count_shapes(
        _shorter_side(shape, images[shape.image_id]) * image_size / _long_side(images[shape.image_id])
        for shape in repository.list_shapes(session, list(images))
    )


def _shorter_side(shape: StoredShape, image: LabeledImage) -> float:
    bitmap = None if shape.rle_counts is None else Rle((image.height, image.width), shape.rle_counts)
    return shapes.shorter_side([polygon["exterior"] for polygon in shape.polygons or ()], bitmap)


def _long_side(image: LabeledImage) -> int:
    return max(image.width, image.height)
