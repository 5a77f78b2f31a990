"""Models of a project side by side, on the images that all of them have in the set."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from app.errors import Unprocessable
from app.masks.average_precision import match_figures
from app.masks.prediction_table import ImagePredictions, PredictionTable
from app.statistics import repository
from app.statistics.figures import global_curve, global_statistics, label_statistics, precision_recall_curves
from app.statistics.judged_images import Judged
from app.statistics.loading import Choice, Loaded, load, restricted
from app.statistics.schemas import ComparedCounts, ComparedImage, ComparedModel, Comparison
from app.statistics.tables import TableCache
from app.statistics.uncertainty import paired_difference
from app.training.thresholds import thresholds_of

MAX_MODELS = 6  # more curves than that nobody tells apart
MAX_IMAGES = 200  # that differ most; the others differ less


def parse_models(text: str) -> list[int]:
    """Read `1,2` as the ids of models.

    Raises:
        Unprocessable: It is no list of two to MAX_MODELS different ids.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 19 for part in parts):
        raise Unprocessable(f"models: {text!r} is no list of ids; give them as 1,2")
    ids = list(dict.fromkeys(int(part) for part in parts))
    if not 2 <= len(ids) <= MAX_MODELS:
        raise Unprocessable(f"models: give the ids of two to {MAX_MODELS} different models, as 1,2")
    return ids


def compare_models(session: Session, project_id: int, choices: Sequence[Choice], *, tables: TableCache) -> Comparison:
    """Compare what models predicted on their common images.

    Raises:
        Conflict: A model is not trained yet.
        Unprocessable: A model is none of the project's.
    """
    found = {model.id for model in repository.list_models(session, project_id, [one.model_id for one in choices])}
    unknown = [one.model_id for one in choices if one.model_id not in found]
    if unknown:
        raise Unprocessable(f"models: project {project_id} has no model {unknown[0]}")
    whole = [load(session, choice, tables=tables) for choice in choices]
    ids = [{image.image_id for image in one.images} for one in whole]
    common = set.intersection(*ids)
    cut = [restricted(one, common, tables=tables) for one in whole]
    return Comparison(
        images_compared=len(common),
        sets_differ=any(own != common for own in ids),
        labels_differ_on=_labels_differ_on([one.joined.stored for one in cut]),
        models=[_compared_model(session, cut[0], one, len(own - common)) for one, own in zip(cut, ids, strict=True)],
        images=_compared_images(session, cut),
    )


def _compared_model(session: Session, first: Loaded, one: Loaded, images_only_here: int) -> ComparedModel:
    joined, evaluation, thresholds = one.joined, one.evaluation, one.score_thresholds
    optimized = thresholds_of(session, one.checkpoint.id, speed=one.choice.speed)
    return ComparedModel(
        model_id=one.model.id,
        name=one.model.name,
        global_=global_statistics(joined, evaluation, thresholds),
        labels=label_statistics(joined, evaluation, thresholds, optimized),
        curves=precision_recall_curves(evaluation, one.class_names, thresholds),
        global_curve=global_curve(evaluation),
        images_only_here=images_only_here,
        against_first=None if one is first else paired_difference(joined, first.joined),
    )


def _compared_images(session: Session, compared: Sequence[Loaded]) -> list[ComparedImage]:
    judged = [Judged(one, label=None) for one in compared]
    counts = np.stack([(one.correct_counts, one.incorrect_counts, one.missed_counts) for one in judged])  # (M, 3, I)
    f1 = [[match_figures(*image).f1 for image in of_model.T.tolist()] for of_model in counts]
    spread = [_spread(list(of_image)) for of_image in zip(*f1, strict=True)]
    shown = sorted(range(len(spread)), key=lambda place: (-spread[place], place))[:MAX_IMAGES]
    ids = [compared[0].images[place].image_id for place in shown]
    names = repository.image_names(session, ids)
    return [
        ComparedImage(
            image_id=image_id,
            name=names.get(image_id),
            spread=spread[place],
            models=[
                ComparedCounts(
                    model_id=one.model.id,
                    correct_count=int(counts[number, 0, place]),
                    incorrect_count=int(counts[number, 1, place]),
                    missed_count=int(counts[number, 2, place]),
                    f1=f1[number][place],
                )
                for number, one in enumerate(compared)
            ],
        )
        for place, image_id in zip(shown, ids, strict=True)
    ]


def _spread(values: list[float | None]) -> float:
    defined = [value for value in values if value is not None]
    return max(defined) - min(defined) if defined else 0.0


def _labels_differ_on(tables: Sequence[PredictionTable]) -> int:
    """Common images whose true objects are not the same in all tables."""
    rows = zip(*(table.images for table in tables), strict=True)
    return sum(
        len({_labels(image, table.class_names) for image, table in zip(images, tables, strict=True)}) > 1
        for images in rows
    )


def _labels(image: ImagePredictions, class_names: Sequence[str]) -> frozenset[tuple[str, str, str]]:
    classes = [class_names[index] for index in image.overlaps.truth_classes.tolist()]
    return frozenset(zip(image.truth_ids, classes, image.truth_rle_counts, strict=True))
