"""What a label format loses of a project, counted object by object."""

import heapq
import json
from collections import Counter
from dataclasses import dataclass, field

from app.labels.formats.parsed import ExportedImage, Kept
from app.labels.formats.table import LabelWriter
from app.labels.schemas import ChangedInstance, ExportReport, LossCount
from app.masks.instance import Instance
from app.masks.iou import mask_iou
from app.masks.raster import instance_to_rle

MAX_LISTED = 1000  # changed objects in a report


@dataclass(slots=True)
class Losses:
    """Counts what a format cannot hold while an export runs by; measuring compares masks too, which takes longer."""

    measures: bool = False
    instance_count: int = 0
    changed_count: int = 0
    lost_count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    _worst: list[tuple[float, int, ChangedInstance]] = field(default_factory=list)

    def note(self, image: ExportedImage, instance: Instance, kept: Kept) -> None:
        self.instance_count += 1
        if not kept.losses:
            return
        self.reasons.update(kept.losses)
        if kept.instance is None:
            self.lost_count += 1
        else:
            self.changed_count += 1
        if self.measures:
            self._remember(image, instance, kept)

    def as_json(self, writer: LabelWriter) -> bytes:
        content = {
            "format": writer.NAME,
            "instances": self.instance_count,
            "changed": self.changed_count,
            "lost": self.lost_count,
            "reasons": dict(self.reasons.most_common()),
            "cannot_hold": writer.CANNOT_HOLD,
        }
        return json.dumps(content, indent=1).encode()

    def report(self, writer: LabelWriter) -> ExportReport:
        worst = [changed for _, _, changed in sorted(self._worst, reverse=True)]
        return ExportReport(
            format=writer.NAME,
            instances=self.instance_count,
            exact=self.instance_count - self.changed_count - self.lost_count,
            changed=self.changed_count,
            lost=self.lost_count,
            worst_iou=worst[0].iou if worst else None,
            reasons=[LossCount(reason=reason, count=count) for reason, count in self.reasons.most_common()],
            cannot_hold=list(writer.CANNOT_HOLD),
            items=worst,
        )

    def _remember(self, image: ExportedImage, instance: Instance, kept: Kept) -> None:
        changed = ChangedInstance(
            image_id=image.image_id,
            image=image.name,
            label=instance.class_name,
            instance_id=instance.instance_id,
            reason="; ".join(kept.losses),
            iou=_iou(instance, kept.instance, image),
        )
        # A heap with the least bad on top; the count decides between equal ones, the earlier is kept.
        entry = (-changed.iou, -self.instance_count, changed)
        if len(self._worst) < MAX_LISTED:
            heapq.heappush(self._worst, entry)
        else:
            heapq.heappushpop(self._worst, entry)


def _iou(instance: Instance, kept: Instance | None, image: ExportedImage) -> float:
    if kept is None:
        return 0.0
    one, other = (instance_to_rle(i, image.height, image.width) for i in (instance, kept))
    return 1.0 if one == other else float(mask_iou([one], [other], [False])[0, 0])
