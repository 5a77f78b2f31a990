"""A mask of the object that somebody marked."""

import numpy as np
from numpy.typing import NDArray

from app.db.engine import session_scope
from app.errors import Unprocessable
from app.images.service import get_image
from app.inference.decode import decode_image
from app.labels.schemas import RleSchema
from app.masks.rle import encode_crop
from app.smart_masks.engines.engine import EngineName, Segment
from app.smart_masks.prompts import Prompts, box_on_image
from app.smart_masks.runtime import SmartMaskRuntime
from app.smart_masks.schemas import SmartMask, SmartMaskEngine, SmartMaskEngines
from app.smart_masks.strokes import draw_strokes
from app.smart_masks.tidy import tidy_mask
from app.storage.blobs import BlobStore


def list_engines(runtime: SmartMaskRuntime) -> SmartMaskEngines:
    """The engines of this server, the one that answers first."""
    items = [SmartMaskEngine(name=engine.name, clicks=engine.takes_clicks) for engine in runtime.engines()]
    return SmartMaskEngines(items=items)


def prepare_image(runtime: SmartMaskRuntime, image_id: int, *, blobs: BlobStore, max_pixels: int) -> None:
    """Encode an image ahead, so that its first mask need not wait; GrabCut has nothing to prepare that takes seconds.

    Raises:
        NotFound: The image was deleted meanwhile.
        ServiceUnavailable: Too many ask at once.
    """
    engine = runtime.engine(None)
    if not engine.takes_clicks:
        return
    with session_scope(read_only=True) as session:
        storage_key = get_image(session, image_id).storage_key
    runtime.prepare(engine, storage_key, lambda: _decode(blobs, storage_key, max_pixels))


def make_mask(
    runtime: SmartMaskRuntime,
    image_id: int,
    prompts: Prompts,
    *,
    engine_name: EngineName | None,
    blobs: BlobStore,
    max_pixels: int,
) -> SmartMask:
    """Find the marked object. Equal marks give equal masks; what was painted is in the mask, or not, to the pixel.

    No transaction is open while it computes.

    Raises:
        NotFound: The image was deleted meanwhile.
        Unprocessable: The box lies beside the image, or the engine needs one.
        ServiceUnavailable: Too many ask at once.
    """
    with session_scope(read_only=True) as session:
        image = get_image(session, image_id)
        storage_key, height, width = image.storage_key, image.height, image.width
    if prompts.box_xyxy is not None and box_on_image(prompts, height=height, width=width) is None:
        raise Unprocessable(f"box: {list(prompts.box_xyxy)} lies outside the image of {width} x {height} pixels")
    engine = runtime.engine(engine_name)
    if prompts.box_xyxy is None and not engine.takes_clicks:
        raise Unprocessable("box: drag a rectangle around the object first; strokes alone are not enough")

    found = runtime.segment(engine, storage_key, lambda: _decode(blobs, storage_key, max_pixels), prompts)
    mask = finish_mask(found, prompts)
    rle = encode_crop(mask.crop > 0, left=mask.left, top=mask.top, size=(height, width))
    return SmartMask(rle=RleSchema(size=rle.size, counts=rle.counts), engine=EngineName(engine.name), score=found.score)


def _decode(blobs: BlobStore, storage_key: str, max_pixels: int) -> NDArray[np.uint8]:
    with blobs.open(storage_key) as file:
        return decode_image(file, max_pixels=max_pixels)


def finish_mask(found: Segment, prompts: Prompts) -> Segment:
    """Without specks and pinholes, and as it was painted."""
    wanted, unwanted = np.zeros_like(found.crop), np.zeros_like(found.crop)
    draw_strokes(wanted, prompts.foreground, 1, left=found.left, top=found.top)
    draw_strokes(unwanted, prompts.background, 1, left=found.left, top=found.top)
    crop = tidy_mask(found.crop, wanted=wanted, unwanted=unwanted)
    return Segment((crop | wanted) & (1 - unwanted), found.left, found.top)
