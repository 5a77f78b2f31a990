"""The web application: every router, in one place."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.accounts import endpoints as accounts
from app.accounts.sign_in_limit import SignInLimit
from app.accounts.token_uses import WRITE_SECONDS, TokenUses
from app.application import Application
from app.background import Background
from app.batches import endpoints as batches
from app.batches import service as batch_service
from app.body_limit import BodyLimitMiddleware
from app.bundle import endpoints as bundle
from app.bundle import engines_endpoints as engines
from app.database_errors import add_database_error_handler
from app.db.schema_version import require_current
from app.draft_labels import endpoints as draft_labels
from app.fixes import endpoints as fixes
from app.headers import CompatCorsMiddleware, SecurityHeadersMiddleware
from app.http import FaultMiddleware, TrailingSlashMiddleware, add_error_handlers
from app.images import compat_endpoints as compat_images
from app.images import endpoints as images
from app.images import fingerprint_filling
from app.labeling_time import endpoints as labeling_time
from app.labels import endpoints as labels
from app.labels import revisions
from app.methods import HeadMiddleware
from app.predictions import compat_endpoints as predict
from app.predictions import endpoints as predictions
from app.predictions.rate_limit import RateLimit
from app.predictions.service import PredictionRuntime
from app.predictions.speeds import SpeedMaker
from app.project_archive import endpoints as project_archive
from app.projects import endpoints as projects
from app.settings import get_settings
from app.smart_masks import endpoints as smart_masks
from app.smart_masks.runtime import SmartMaskRuntime
from app.splits import endpoints as splits
from app.statistics import endpoints as statistics
from app.statistics.tables import TableCache
from app.training import endpoints as training
from app.training import lifecycle
from app.training.events import TrainingEvents
from app.uploads import endpoints as uploads
from app.uploads import service as upload_service
from app.uploads.protocol import TusMiddleware
from app.web import health, metrics, pages
from app.web.metrics import Metrics, MetricsMiddleware
from app.web.pages import CachedStaticFiles

# Objects made before Python looks for cycles: with its own 700, reading and writing labels takes twice as long, since
# a hundred thousand points are looked through again and again and none is ever found.
GC_THRESHOLD = 50_000


def create_app() -> FastAPI:
    app = Application(
        (
            accounts.router,
            projects.router,
            project_archive.router,
            images.router,
            compat_images.router,
            uploads.router,
            labels.router,
            labeling_time.router,
            smart_masks.router,
            splits.router,
            training.router,
            statistics.router,
            fixes.router,
            predict.router,
            predictions.router,
            bundle.router,
            engines.router,
            batches.router,
            draft_labels.router,
            health.router,
            metrics.router,
            pages.router,
        ),
        title="Maskwright",
        description="Instance segmentation on your own machine: label, train, judge and serve models.",
        lifespan=_lifespan,
    )
    add_error_handlers(app)
    add_database_error_handler(app)
    app.add_exception_handler(404, pages.answer_not_found)
    app.mount("/static", CachedStaticFiles())
    _add_middleware(app)
    return app


def _add_middleware(app: FastAPI) -> None:
    """The last one added is the outermost."""
    app.state.metrics = Metrics()
    app.add_middleware(HeadMiddleware)
    app.add_middleware(FaultMiddleware)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(TusMiddleware)
    app.add_middleware(CompatCorsMiddleware)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)
    app.add_middleware(TrailingSlashMiddleware)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    require_current()
    gc.set_threshold(GC_THRESHOLD)
    app.state.sign_in_limit = SignInLimit()
    app.state.token_uses = TokenUses()
    app.state.predictions = PredictionRuntime()
    app.state.prediction_rates = RateLimit()
    app.state.speeds = SpeedMaker(app.state.predictions)
    app.state.smart_masks = SmartMaskRuntime(get_settings().resolved_weights_dir)
    app.state.prediction_tables = TableCache()
    app.state.training_events = TrainingEvents()
    background = _background(app.state.token_uses)
    for one in background:
        one.start()
    yield
    await app.state.training_events.close()
    app.state.speeds.stop()
    for one in background:
        one.stop()
    app.state.token_uses.write()


def _background(token_uses: TokenUses) -> tuple[Background, ...]:
    return (
        # While the database was away nobody could renew a lease: the living do it before anybody is declared dead.
        Background(
            "the watch over trainings",
            lifecycle.tend_queue,
            every_seconds=lifecycle.SWEEP_SECONDS,
            patience_seconds=lifecycle.LEASE_SECONDS,
        ),
        Background("the counting of tokens' uses", token_uses.write, every_seconds=WRITE_SECONDS),
        Background("the watch over uploads", upload_service.remove_expired, every_seconds=upload_service.SWEEP_SECONDS),
        Background("the watch over batches", batch_service.remove_expired, every_seconds=batch_service.SWEEP_SECONDS),
        Background("the tidying of image histories", revisions.tidy, every_seconds=revisions.SWEEP_SECONDS),
        Background(
            "the making of missing fingerprints",
            fingerprint_filling.fill_missing,
            every_seconds=fingerprint_filling.SWEEP_SECONDS,
        ),
    )
