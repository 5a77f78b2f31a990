"""What `/api/predict` takes and gives, on this server and on a bundle's: it knows neither database nor settings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import numpy as np
from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from starlette.requests import ClientDisconnect

from app.errors import AppError, BadRequest, PayloadTooLarge
from app.http import errors
from app.images.image_input import read_image_input
from app.inference.decode import opened_image
from app.inference.decode_budget import PIXELS_AT_ONCE, DecodeBudget
from app.inference.errors import ImageTooLarge, InvalidImage
from app.inference.postprocess import MaskFormat, masks_zip, predictions_to_json
from app.inference.prediction import Prediction
from app.inference.predictor import Predictor
from app.predictions.gate import CallerLeft, Place, PredictionGate
from app.url_allowance import UrlAllowance

MAX_BODY_BYTES = 128 * 1024 * 1024  # an image is held in memory whole; 150 million pixels of JPEG are less
STALL_SECONDS = 30  # a caller that sends nothing more keeps its place in the queue no longer
# Nor does one that drips: beyond those seconds a body has to come as fast as this on the whole.
# Source: MinRate of https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html
SLOWEST_BYTES_PER_SECOND = 500

RESPONSES = errors(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)

_decoding = DecodeBudget(PIXELS_AT_ONCE)


class BodyStalled(AppError):
    """The caller began to send an image and stopped, or goes on too slowly."""

    status_code = 408


class AnswerFormat(StrEnum):
    JSON = "json"
    MASKS = "masks"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request's body, and the place in the queue that it came by."""

    body: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class PredictedImage:
    """What was found in an upright image of this height and width, best score first."""

    predictions: list[Prediction]
    height: int
    width: int


class AnswerQuery:
    """How the answer is to look."""

    def __init__(
        self,
        mask: MaskFormat = MaskFormat.POLYGONS,
        format: AnswerFormat = AnswerFormat.JSON,
        min_score: Annotated[float | None, Query(ge=0, le=100, allow_inf_nan=False)] = None,
    ) -> None:
        self.mask = mask
        self.format = format
        self.min_score = min_score

    def score_thresholds(self, own: Mapping[str, float]) -> Mapping[str, float]:
        """The model's own thresholds by label, or the caller's `min_score` for every label."""
        return own if self.min_score is None else dict.fromkeys(own, self.min_score / 100)


async def receive(request: Request) -> AsyncIterator[Sent]:
    """Read the body inside a place of the queue: who finds it full hears so before sending the image."""
    with request.app.state.predictions.gate.place() as place:
        try:
            body = await _body(request)
        except ClientDisconnect as error:
            raise CallerLeft("the caller went away before its image was here") from error
        watching = asyncio.create_task(_watch(request, place))
        try:
            yield Sent(body, place)
        finally:
            watching.cancel()


SentDep = Annotated[Sent, Depends(receive)]
AnswerDep = Annotated[AnswerQuery, Depends()]


def image_sent(request: Request, sent: Sent, *, allowance: UrlAllowance) -> bytes:
    """The image file that a request's body holds or names; see read_image_input."""
    return read_image_input(
        sent.body,
        content_type=request.headers.get("Content-Type", ""),
        content_encoding=request.headers.get("Content-Encoding", ""),
        allowance=allowance,
        max_bytes=MAX_BODY_BYTES,
    )


def predict_file(
    image_file: bytes,
    load: Callable[[], Predictor],
    *,
    gate: PredictionGate,
    place: Place | None,
    score_thresholds: Mapping[str, float],
    max_pixels: int,
) -> PredictedImage:
    """Find the objects in an image file; the threads that ask take turns at the model.

    Args:
        place: The caller's; None for what the server asks for itself.
        load: Gives the model, loaded at the latest then: not before the file is known to be an image.
    Raises:
        CallerLeft: Nobody waits for the answer any more.
        BadRequest: The file is no image.
        PayloadTooLarge: The image has more pixels than allowed.
    """
    with ExitStack() as held:
        rgb = _decode(image_file, max_pixels=max_pixels, held=held)
        predictor = load()
        with gate.turn(place):
            predictions = predictor.predict(rgb, score_thresholds=score_thresholds)
    height, width = rgb.shape[:2]
    return PredictedImage(predictions, height, width)


def _decode(image_file: bytes, *, max_pixels: int, held: ExitStack) -> NDArray[np.uint8]:
    """Decode within what may be decoded at one time; `held` gives it back. The file is not held any longer."""
    try:
        with opened_image(image_file, max_pixels=max_pixels) as image:
            held.enter_context(_decoding.turn(image.pixel_count))
            return image.decode()
    except InvalidImage as error:
        raise BadRequest(f"invalid url or image: {error}") from error
    except ImageTooLarge as error:
        raise PayloadTooLarge(str(error)) from error


def answer_with(found: PredictedImage, query: AnswerQuery) -> Response:
    """Give what was found in the form that was asked for."""
    if query.format is AnswerFormat.MASKS:
        archive = masks_zip(found.predictions, height=found.height, width=found.width)
        return Response(archive, media_type="application/zip")
    return JSONResponse(predictions_to_json(found.predictions, mask=query.mask, height=found.height, width=found.width))


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        async with asyncio.timeout(STALL_SECONDS) as limit:
            async for part in request.stream():
                size += len(part)
                limit.reschedule(min(loop.time(), begun + size / SLOWEST_BYTES_PER_SECOND) + STALL_SECONDS)
                if size > MAX_BODY_BYTES:
                    raise PayloadTooLarge(f"the body is larger than {MAX_BODY_BYTES} bytes; scale the image down")
                parts.append(part)
    except TimeoutError as error:
        raise BodyStalled(
            f"the image stopped coming for {STALL_SECONDS} seconds, or came at less than {SLOWEST_BYTES_PER_SECOND} "
            "bytes a second: send it again"
        ) from error
    return b"".join(parts)


async def _watch(request: Request, place: Place) -> None:
    """Give the place up when the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    place.leave()
