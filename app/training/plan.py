"""Turn a request into a model row and the frozen labels: what was left out is chosen by the set and the device."""

import uuid

from sqlalchemy.orm import Session

from app.db.enums import ModelSize, Split
from app.db.models import Model
from app.errors import Conflict, Unprocessable
from app.training import defaults, repository
from app.training.device import device_of_training
from app.training.freeze import LabeledProject, choose_validation, freeze
from app.training.pace import DevicePace, read_pace
from app.training.schemas import TrainRequest
from app.training.snapshot import Snapshot, TrainingConfig


class InvalidContinueFrom(Unprocessable):
    """There is no such model in the project, or it has another size."""


class NothingToContinueFrom(Conflict):
    """The earlier model has no checkpoint."""


def plan_training(
    session: Session, request: TrainRequest, project: LabeledProject, *, created_by: int | None
) -> tuple[Model, Snapshot]:
    """Make the row of a model to train, not yet in the session, and what it learns from.

    Raises:
        NothingToTrainOn: The labels do not allow it; the message says what is missing.
        InvalidContinueFrom, NothingToContinueFrom: It cannot go on from the model that was named.
    """
    device = device_of_training(session)
    earlier = _find_earlier(session, request, project.project_id)
    size = request.size or (earlier.size if earlier else defaults.default_size(has_gpu=device.is_gpu))
    config = _config(request, project, earlier, size=size, device_pace=read_pace(session, device))
    validation = choose_validation(
        project, use_validation_set=config.use_validation_set, percent=config.validation_percent, seed=config.seed
    )
    snapshot = freeze(session, project, validation)
    model = Model(
        project_id=project.project_id,
        name=request.name,
        size=size,
        config=config.to_dict(),
        class_names=list(snapshot.class_names),
        snapshot_key=f"projects/{project.project_id}/snapshots/{uuid.uuid4()}.json.gz",
        training_image_count=len(snapshot.of_split(Split.TRAINING)),
        validation_image_count=len(snapshot.of_split(Split.VALIDATION)),
        created_by=created_by,
    )
    return model, snapshot


def _config(
    request: TrainRequest, project: LabeledProject, earlier: Model | None, *, size: ModelSize, device_pace: DevicePace
) -> TrainingConfig:
    image_size = request.image_size or (
        TrainingConfig.from_dict(earlier.config).image_size
        if earlier
        else defaults.default_image_size(size, project.summary)
    )
    pace = device_pace.of(size, image_size, project_id=project.project_id)
    train_minutes = request.train_minutes or defaults.default_train_minutes(
        project.summary, images_per_second=pace.images_per_second
    )
    return TrainingConfig(
        image_size=image_size,
        train_minutes=train_minutes,
        stop_minutes=request.stop_minutes or defaults.default_stop_minutes(train_minutes),
        use_validation_set=(bool(project.marked) if request.use_validation_set is None else request.use_validation_set),
        validation_percent=request.validation_percent,
        learning_rate=request.learning_rate,
        seed=request.seed,
        max_steps=request.max_steps,
        continue_from=request.continue_from,
    )


def _find_earlier(session: Session, request: TrainRequest, project_id: int) -> Model | None:
    """The model to go on from, which must be of the same network: its weights fit no other."""
    if request.continue_from is None:
        return None
    model_id = request.continue_from
    found = [model for model in repository.list_existing_models(session, [model_id]) if model.project_id == project_id]
    if not found:
        raise InvalidContinueFrom(f"continue_from names model {model_id}, which is not in this project")
    (earlier,) = found
    if request.size not in (None, earlier.size):
        raise InvalidContinueFrom(
            f"model {earlier.name!r} is {earlier.size}, and its weights fit no {request.size} model: "
            f"ask for size {earlier.size}, or leave continue_from out"
        )
    if not repository.list_checkpoints(session, [model_id]):
        raise NothingToContinueFrom(
            f"model {earlier.name!r} has no checkpoint to continue from: it is {earlier.status}"
        )
    return earlier
