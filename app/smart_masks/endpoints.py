"""Smart labeling over HTTP."""

from typing import Annotated

from fastapi import Depends, Request

from app.application import new_router
from app.deps import CurrentUser, ImageLabelerAccess
from app.http import PathId, errors
from app.settings import get_settings
from app.smart_masks import service
from app.smart_masks.runtime import SmartMaskRuntime
from app.smart_masks.schemas import SmartMask, SmartMaskBody, SmartMaskEngines
from app.storage.blobs import get_blob_store

router = new_router("/api/v1", tags=["smart labeling"])


def _runtime(request: Request) -> SmartMaskRuntime:
    runtime: SmartMaskRuntime = request.app.state.smart_masks
    return runtime


RuntimeDep = Annotated[SmartMaskRuntime, Depends(_runtime)]


@router.post("/images/{image_id}/smart-mask", responses=errors(409, 503))
def make_smart_mask(
    _access: ImageLabelerAccess, image_id: PathId, body: SmartMaskBody, runtime: RuntimeDep
) -> SmartMask:
    """Make a mask of the object in a box, corrected by strokes on it and beside it. Nothing is stored."""
    return service.make_mask(
        runtime,
        image_id,
        body.to_prompts(),
        engine_name=body.engine,
        blobs=get_blob_store(),
        max_pixels=get_settings().max_image_pixels,
    )


@router.post("/images/{image_id}/smart-mask/prepare", status_code=204, responses=errors(409, 503))
def prepare_smart_mask(_access: ImageLabelerAccess, image_id: PathId, runtime: RuntimeDep) -> None:
    """Encode an image ahead, so that its first mask comes as quickly as the next ones. Repeating it is harmless."""
    service.prepare_image(runtime, image_id, blobs=get_blob_store(), max_pixels=get_settings().max_image_pixels)


@router.get("/smart-mask/engines")
def list_smart_mask_engines(_caller: CurrentUser, runtime: RuntimeDep) -> SmartMaskEngines:
    """List the engines that this server has; the first one answers where none is asked for."""
    return service.list_engines(runtime)
