"""A model to carry away: the offline bundle."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from app.application import new_router
from app.bundle.service import Wish, make_bundle
from app.db.enums import CheckpointKind, Speed
from app.deps import ModelDeveloperAccess
from app.downloads import ZIP_FILE, attachment
from app.http import PathId, errors

router = new_router("/api/v1", tags=["offline"])


@router.get("/models/{model_id}/bundle", response_class=StreamingResponse, responses={**ZIP_FILE, **errors(409, 503)})
def download_bundle(
    request: Request,
    model_id: PathId,
    _access: ModelDeveloperAccess,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
    golden: Annotated[  # noqa: FBT002
        bool, Query(description="With up to three of the model's own images, which the bundle's selftest answers")
    ] = True,
) -> StreamingResponse:
    """Download a model with a server of its own: it runs on a machine without internet, Maskwright and torch."""
    name, chunks = make_bundle(
        Wish(model_id, checkpoint, speed, golden),
        runtime=request.app.state.predictions,
        tables=request.app.state.prediction_tables,
    )
    return StreamingResponse(chunks, media_type="application/zip", headers=attachment(name))
