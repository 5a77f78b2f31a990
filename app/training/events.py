"""Live news of trainings for pages: one poller reads the database for all listeners and holds no session between."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import session_scope
from app.training import repository
from app.training.describe import describe, describe_point
from app.training.schemas import CurvePointSchema, ModelSchema

POLL_SECONDS = 1.0
SILENCE_SECONDS = 15.0  # proxies cut a connection that says nothing for a minute or so
MAX_UNREAD = 100  # messages; a listener that falls behind further is dropped and connects again by itself
SILENCE = ": still here\n\n"


class News(BaseModel):
    """What a listener is told: the model as it is now, and the curve points since the last message, at first all.

    Another attempt of the model means that points may be gone, and these are all of them.
    """

    model: ModelSchema
    points: list[CurvePointSchema]


@dataclass(eq=False, slots=True)
class _Listener:
    messages: asyncio.Queue[News | None]  # None: the training has ended, or its model is deleted
    heard: News | None = None


class TrainingEvents:
    """Everyone who listens to trainings on this server."""

    def __init__(self) -> None:
        self._listeners: defaultdict[int, set[_Listener]] = defaultdict(set)
        self._poller: asyncio.Task[None] | None = None
        self._someone_came = asyncio.Event()

    async def listen(self, model_id: int) -> AsyncIterator[str]:
        """Server-sent events about a model until its training has ended."""
        listener = _Listener(asyncio.Queue(MAX_UNREAD))
        self._listeners[model_id].add(listener)
        self._someone_came.set()
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        try:
            while True:
                try:
                    news = await asyncio.wait_for(listener.messages.get(), SILENCE_SECONDS)
                except TimeoutError:
                    yield SILENCE
                    continue
                if news is None:
                    return
                yield f"data: {news.model_dump_json()}\n\n"
        finally:
            self._forget(model_id, listener)

    async def close(self) -> None:
        """Send every listener away; the server is going down."""
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                _send(listener, None)
        if self._poller is not None:
            self._poller.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poller

    async def _poll(self) -> None:
        while self._listeners:
            self._someone_came.clear()
            # A database that is away for a moment ends nobody's listening.
            with contextlib.suppress(SQLAlchemyError):
                watched = tuple(self._listeners)
                models = await asyncio.to_thread(_read_models, watched)
                for model_id in watched:
                    await self._tell(model_id, models.get(model_id))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._someone_came.wait(), POLL_SECONDS)

    async def _tell(self, model_id: int, model: ModelSchema | None) -> None:
        """Tell a model's listeners what is new to each, with one query of the points for all of them."""
        listeners = tuple(self._listeners.get(model_id, ()))
        heard_steps = [_last_step(listener.heard, model) for listener in listeners]
        points = await asyncio.to_thread(_read_points, model_id, min(heard_steps, default=0)) if model else []
        for listener, heard_step in zip(listeners, heard_steps, strict=True):
            if model is None:
                _send(listener, None)
                continue
            news = News(model=model, points=[point for point in points if point.step > heard_step])
            if news.points or listener.heard is None or listener.heard.model != model:
                listener.heard = News(model=model, points=news.points or _points_heard(listener.heard, model))
                _send(listener, news)
            if model.status not in repository.ACTIVE:
                _send(listener, None)

    def _forget(self, model_id: int, listener: _Listener) -> None:
        self._listeners[model_id].discard(listener)
        if not self._listeners[model_id]:
            del self._listeners[model_id]


def _send(listener: _Listener, news: News | None) -> None:
    if listener.messages.full():
        while not listener.messages.empty():
            listener.messages.get_nowait()
        news = None
    listener.messages.put_nowait(news)


def _last_step(heard: News | None, model: ModelSchema | None) -> int:
    points = _points_heard(heard, model)
    return points[-1].step if points else -1


def _points_heard(heard: News | None, model: ModelSchema | None) -> list[CurvePointSchema]:
    """The points that a listener knows; none after a new attempt, which may have dropped points."""
    if heard is None or model is None or heard.model.attempt != model.attempt:
        return []
    return heard.points


def _read_models(model_ids: Collection[int]) -> Mapping[int, ModelSchema]:
    with session_scope(read_only=True) as session:
        return {model.id: model for model in describe(session, repository.list_existing_models(session, model_ids))}


def _read_points(model_id: int, after_step: int) -> list[CurvePointSchema]:
    with session_scope(read_only=True) as session:
        points = repository.list_curve_points(session, model_id, after_step=after_step)
        return [describe_point(point) for point in points]
