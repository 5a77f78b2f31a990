"""What the train dialog shows before anybody has chosen anything."""

import re
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from app.db.clock import read_database_time
from app.db.enums import ModelSize, ModelStatus
from app.db.models import Model
from app.errors import Unprocessable
from app.projects.repository import get_project
from app.settings import get_settings
from app.training import defaults, lifecycle, repository
from app.training.device import device_of_training
from app.training.freeze import LabeledProject, choose_validation, read_labeled_project
from app.training.pace import DevicePace, read_pace
from app.training.schemas import SizeDefaultsSchema, TrainingDefaultsQuery, TrainingDefaultsSchema, TrainRequest

_VALIDATION_PERCENT: float = TrainRequest.model_fields["validation_percent"].default
_LONGEST_SLUG = 80


def read_training_defaults(session: Session, project_id: int, query: TrainingDefaultsQuery) -> TrainingDefaultsSchema:
    """Choose a name, sizes and times for the project as it is labeled now."""
    project = read_labeled_project(session, project_id)
    device = device_of_training(session)
    pace = read_pace(session, device)
    now = read_database_time(session)
    before = _trainings_before(session, now)
    own = [model.name for model in before if model.project_id == project_id]
    return TrainingDefaultsSchema(
        name=_free_name(session, project_id),
        size=defaults.default_size(has_gpu=device.is_gpu),
        use_validation_set=bool(project.marked),
        validation_percent=_VALIDATION_PERCENT,
        learning_rate=None,
        labeled_images=len(project.images),
        unlabeled_images=repository.count_unlabeled_images(session, project_id),
        marked_images=len(project.marked),
        label_count=len(project.class_names),
        device=device.words,
        is_gpu=device.is_gpu,
        sizes=[_size_defaults(size, project, pace, query.image_size) for size in ModelSize],
        waits_for=own,
        waits_for_others=len(before) - len(own),
        has_worker=bool(lifecycle.list_live_workers(session, now)),
        problem=_problem(project),
    )


def _trainings_before(session: Session, now: datetime) -> list[Model]:
    """Those that run or wait, unless a worker is left over for one more."""
    active = repository.list_active_models(session)
    waiting = sum(model.status is ModelStatus.QUEUED for model in active)
    idle = len(lifecycle.list_idle_workers(session, now))
    return [] if idle > waiting else active


def _size_defaults(
    size: ModelSize, project: LabeledProject, device_pace: DevicePace, chosen_image_size: int | None
) -> SizeDefaultsSchema:
    image_size = chosen_image_size or defaults.default_image_size(size, project.summary)
    pace = device_pace.of(size, image_size, project_id=project.project_id)
    minutes = defaults.default_train_minutes(project.summary, images_per_second=pace.images_per_second)
    return SizeDefaultsSchema(
        size=size,
        train_minutes=minutes,
        stop_minutes=defaults.default_stop_minutes(minutes),
        predict_minutes=defaults.default_predict_minutes(project.summary, images_per_second=pace.images_per_second),
        image_size=image_size,
        images_per_second=pace.images_per_second,
        pace_basis=pace.basis,
        measured_in=pace.measured_in,
        starts_from=defaults.starts_from(size, get_settings().resolved_weights_dir),
    )


def _problem(project: LabeledProject) -> str | None:
    """Why Start would be refused."""
    try:
        choose_validation(project, use_validation_set=bool(project.marked), percent=_VALIDATION_PERCENT, seed=0)
    except Unprocessable as problem:
        return problem.message
    return None


def _free_name(session: Session, project_id: int) -> str:
    """The project's name and the first number that makes it free: `fruit-3`."""
    words = re.sub(r"[^\w]+", "-", get_project(session, project_id).name.lower()).strip("-")
    slug = words[:_LONGEST_SLUG] or "model"
    taken = repository.list_model_names(session, project_id)
    return next(name for number in count(1) if (name := f"{slug}-{number}") not in taken)
