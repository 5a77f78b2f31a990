"""What upload endpoints answer beside the protocol's headers."""

from datetime import datetime

from pydantic import BaseModel

from app.images.schemas import UploadReport


class UploadSchema(BaseModel):
    """A file that arrives in pieces; `report` tells what became of it once it was whole."""

    id: str
    name: str
    byte_size: int
    offset: int
    expires_at: datetime
    report: UploadReport | None
