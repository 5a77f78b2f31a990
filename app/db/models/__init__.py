"""Every table. Importing this package fills `Base.metadata`."""

from app.db.models.accounts import ApiToken, LoginSession, TokenDay, User
from app.db.models.batches import Batch, BatchDrafts, BatchImage
from app.db.models.draft_labels import DraftInstance
from app.db.models.fixes import Fix
from app.db.models.images import Image, ImageClassCount, ImageRevision, Instance, LabelClass
from app.db.models.labeling_time import LabelingTime
from app.db.models.projects import Membership, Project
from app.db.models.threshold_history import ThresholdRevision
from app.db.models.training import (
    Checkpoint,
    CurvePoint,
    Model,
    ModelLogLine,
    PredictionSet,
    SpeedFigures,
    Threshold,
    Worker,
)
from app.db.models.uploads import Upload

__all__ = [
    "ApiToken",
    "Batch",
    "BatchDrafts",
    "BatchImage",
    "Checkpoint",
    "CurvePoint",
    "DraftInstance",
    "Fix",
    "Image",
    "ImageClassCount",
    "ImageRevision",
    "Instance",
    "LabelClass",
    "LabelingTime",
    "LoginSession",
    "Membership",
    "Model",
    "ModelLogLine",
    "PredictionSet",
    "Project",
    "SpeedFigures",
    "Threshold",
    "ThresholdRevision",
    "TokenDay",
    "Upload",
    "User",
    "Worker",
]
