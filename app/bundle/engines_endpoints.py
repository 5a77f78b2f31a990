"""A model for other engines, and the labels that it was trained with."""

from fastapi.responses import StreamingResponse

from app.application import new_router
from app.bundle.engines import Engine, download_engine
from app.bundle.training_labels import download_training_labels
from app.db.enums import CheckpointKind, Split
from app.deps import ModelDeveloperAccess, ReadSessionDep
from app.downloads import ZIP_FILE, attachment
from app.http import PathId, errors

router = new_router("/api/v1", tags=["offline"])


@router.get(
    "/models/{model_id}/engines/{engine}", response_class=StreamingResponse, responses={**ZIP_FILE, **errors(409)}
)
def download_model_for_engine(
    model_id: PathId,
    engine: Engine,
    session: ReadSessionDep,
    _access: ModelDeveloperAccess,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
) -> StreamingResponse:
    """Download a model as plain ONNX, OpenVINO IR or TorchScript, with a script that runs it."""
    download = download_engine(session, model_id=model_id, kind=checkpoint, engine=engine)
    return StreamingResponse(download.chunks, media_type="application/zip", headers=attachment(download.file_name))


@router.get("/models/{model_id}/training-labels", response_class=StreamingResponse, responses=errors(409))
def download_labels_of_training(
    model_id: PathId, session: ReadSessionDep, _access: ModelDeveloperAccess, split: Split | None = None
) -> StreamingResponse:
    """Download the labels that a model was trained with as COCO JSON: of both splits, or of one."""
    download = download_training_labels(session, model_id=model_id, split=split)
    return StreamingResponse(download.chunks, media_type="application/json", headers=attachment(download.file_name))
