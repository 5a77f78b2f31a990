"""Call a Maskwright server from Python; `Client` is where to begin."""

from maskwright_client.answers import (
    FoundObject,
    ImportReport,
    Model,
    Polygon,
    Quality,
    RefusedFile,
    Rle,
    UploadedImage,
    UploadReport,
)
from maskwright_client.client import Client
from maskwright_client.errors import MaskwrightError, ServerUnreachable, TrainingFailed, WaitedTooLong

__all__ = [
    "Client",
    "FoundObject",
    "ImportReport",
    "MaskwrightError",
    "Model",
    "Polygon",
    "Quality",
    "RefusedFile",
    "Rle",
    "ServerUnreachable",
    "TrainingFailed",
    "UploadReport",
    "UploadedImage",
    "WaitedTooLong",
]
