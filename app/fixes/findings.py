"""Where a model and the labels disagree, what is likeliest a wrong label first."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.db.enums import FindingKind
from app.fixes import repository
from app.fixes.schemas import FindingSchema
from app.paging import Page, PageParams, cut_page
from app.statistics.breakdowns import found_truth
from app.statistics.loading import Loaded
from app.statistics.repository import image_names
from app.statistics.schemas import SuspectKind
from app.statistics.suspects import Describer, Finding, find_suspects

LOW_IOU = 0.75  # of a correct prediction: below it, one of the two outlines is off by what the eye sees at once
UNSUSPECTED = 0.05  # what weighs a finding that nothing but the disagreement speaks for: all suspects weigh more


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding by its places in the joined table, -1 where it has no prediction or no object, and what it weighs."""

    kind: FindingKind
    found: Finding
    weight: float

    @property
    def suspicion(self) -> float:
        return self.found.suspicion


def list_findings(
    session: Session, loaded: Loaded, *, kind: FindingKind | None, decided: bool | None, page: PageParams
) -> Page[FindingSchema]:
    """One page of the findings on images that are still there.

    Args:
        decided: Only those that somebody has accepted, fixed or dismissed, or only the others.
    """
    names = image_names(session, [image.image_id for image in loaded.images])
    done = repository.list_decided(session, loaded.model.id)
    keys = _Keys(loaded)
    wanted = [
        (one, key)
        for one in find_findings(loaded)
        if kind in (None, one.kind) and keys.image_id(one) in names
        if decided in (None, (key := keys.of(one)) in done)
    ]
    wanted.sort(key=lambda row: (-row[0].weight, row[1]))
    after = page.after(float, str)
    rest = [row for row in wanted if after is None or (-row[0].weight, row[1]) > after]
    kept, next_cursor = cut_page(rest[: page.limit + 1], page, key=lambda row: [-row[0].weight, row[1]])
    describer = Describer(loaded, names)
    return Page(items=[_schema(describer, *row) for row in kept], next_cursor=next_cursor, total=len(wanted))


def find_findings(loaded: Loaded) -> list[Ranked]:
    """Every disagreement at the thresholds that hold; a prediction and an object are each in one of them."""
    table, matches, kept = loaded.joined.table, loaded.evaluation.matches, loaded.kept
    suspects = find_suspects(loaded)
    mislabeled = [one for one in suspects if one.kind is SuspectKind.MISLABELED]
    unlabeled = {one.prediction: one for one in suspects if one.kind is SuspectKind.UNLABELED}
    unpredicted = {one.truth: one for one in suspects if one.kind is SuspectKind.UNPREDICTED}

    imagined = kept & ~matches.correct & ~matches.ignored
    imagined[[one.prediction for one in mislabeled]] = False
    missed = ~found_truth(matches, kept, len(table.truth_classes)) & ~table.truth_is_crowd
    missed[[one.truth for one in mislabeled]] = False
    loose = kept & matches.correct & (matches.iou < LOW_IOU)
    loose &= ~np.isin(matches.truth, [one.truth for one in mislabeled])
    loose[[one.prediction for one in mislabeled]] = False

    found = [Ranked(FindingKind.MISLABELED, one, one.suspicion) for one in mislabeled]
    for place in np.flatnonzero(imagined).tolist():
        plain = Finding(SuspectKind.UNLABELED, 0.0, place, -1, 0.0)
        found.append(_ranked(FindingKind.IMAGINED, unlabeled.get(place, plain), doubt=float(table.scores[place])))
    for place in np.flatnonzero(missed).tolist():
        plain = Finding(SuspectKind.UNPREDICTED, 0.0, -1, place, 0.0)
        found.append(_ranked(FindingKind.MISSED, unpredicted.get(place, plain), doubt=0.5))
    for place in np.flatnonzero(loose).tolist():
        iou = float(matches.iou[place])
        one = Finding(SuspectKind.MISLABELED, 0.0, place, int(matches.truth[place]), iou)
        found.append(_ranked(FindingKind.LOW_IOU, one, doubt=1 - iou))
    return found


def _ranked(kind: FindingKind, one: Finding, *, doubt: float) -> Ranked:
    return Ranked(kind, one, max(one.suspicion, UNSUSPECTED * doubt))


class _Keys:
    """Names findings so that they are the same whenever they are asked for: an object by its id, a prediction by its
    place among those of its image, which is stored once and for all."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        places = np.arange(len(loaded.images))
        self._starts = np.searchsorted(loaded.joined.table.prediction_images, places)
        self._truth_starts = np.searchsorted(loaded.joined.table.truth_images, places)

    def image_id(self, one: Ranked) -> int:
        return self._loaded.images[self._image_place(one)].image_id

    def of(self, one: Ranked) -> str:
        place, image_id = self._image_place(one), self.image_id(one)
        if one.found.prediction < 0:
            truth = one.found.truth - int(self._truth_starts[place])
            return f"{image_id}.{self._loaded.images[place].truth_ids[truth]}"
        prediction = one.found.prediction - int(self._starts[place])
        return f"{self._loaded.checkpoint.step}.{self._loaded.choice.speed}.{image_id}.{prediction}"

    def _image_place(self, one: Ranked) -> int:
        table = self._loaded.joined.table
        if one.found.prediction < 0:
            return int(table.truth_images[one.found.truth])
        return int(table.prediction_images[one.found.prediction])


def _schema(describer: Describer, one: Ranked, key: str) -> FindingSchema:
    shown = describer.suspect(one.found)
    return FindingSchema(
        key=key,
        kind=one.kind,
        suspicion=one.suspicion,
        image_id=shown.image_id,
        image_name=shown.image_name or "",
        label=shown.label,
        suggested_label=shown.suggested_label,
        instance_id=shown.instance_id,
        score=shown.score,
        iou=shown.iou,
        box_xyxy=shown.box_xyxy,
        rle=shown.rle,
    )
