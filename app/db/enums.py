"""The states and choices that are stored as words in the database."""

from enum import StrEnum


class Role(StrEnum):
    """What a member may do in a project, from most to least. Taken in any case, answered as written here."""

    OWNER = "Owner"
    ADMIN = "Admin"
    DEVELOPER = "Developer"
    LABELER = "Labeler"

    @classmethod
    def _missing_(cls, value: object) -> "Role | None":
        return next((role for role in cls if str(value).lower() == role.lower()), None)


class TokenScope(StrEnum):
    FULL = "full"
    PREDICT = "predict"


class PasswordOrigin(StrEnum):
    """Who chose a password: pages ask for another while it is not the person's own."""

    OWN = "own"
    GIVEN = "given"  # by an administrator: another is chosen before anything else
    PRINTED = "printed"  # made up by a command on the machine that its person runs: choosing may wait


class Split(StrEnum):
    TRAINING = "training"
    VALIDATION = "validation"


class RevisionCause(StrEnum):
    """What made a revision of an image's instances."""

    SAVE = "save"
    IMPORT = "import"
    LABEL_DELETED = "label_deleted"
    LABEL_MERGED = "label_merged"


class FindingKind(StrEnum):
    """What a model's prediction and the labels disagree about."""

    IMAGINED = "imagined"  # predicted where nothing is labeled
    MISSED = "missed"  # labeled, and not predicted
    MISLABELED = "mislabeled"  # predicted as another label
    LOW_IOU = "low_iou"  # predicted, with another outline


class FixAction(StrEnum):
    """What was done about a finding."""

    ACCEPTED = "accepted"  # the prediction became the label
    FIXED = "fixed"  # the label was changed by hand
    DISMISSED = "dismissed"  # the label is right


class ModelSize(StrEnum):
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class ModelStatus(StrEnum):
    QUEUED = "queued"
    TRAINING = "training"
    STOPPING = "stopping"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_running(self) -> bool:
        """Whether a worker holds the model's lease."""
        return self in (ModelStatus.TRAINING, ModelStatus.STOPPING)


class BatchStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        return self in (BatchStatus.READY, BatchStatus.FAILED, BatchStatus.CANCELLED)


class CheckpointKind(StrEnum):
    BEST = "best"
    LAST = "last"


class Speed(StrEnum):
    """Which precision and size of the exported model answers; `slow` is the full model in f32."""

    SLOW = "slow"
    MEDIUM = "medium"
    FAST = "fast"
