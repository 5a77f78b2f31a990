"""`run.sh --selftest`: answer the kept images, and compare with what the server answered when the bundle was made."""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

import httpx

from app.bundle.runtime.application import create_app, predict_path
from app.bundle.runtime.loading import load_model
from app.bundle.runtime.manifest import GOLDEN_FILE, Manifest
from app.bundle.runtime.options import Options
from app.db.enums import Speed
from app.http import TOKEN_HEADER
from app.masks.instance import Rle
from app.masks.iou import mask_iou

Answer = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far another machine's answer may lie from the one that was kept.

    On the same kind of CPU the answers are identical. Others add in another order, and round bfloat16 and INT8
    otherwise too: scores and edges of masks then move a little, and an object at its threshold may come or go.
    """

    score: float  # of 100
    iou: float


FULL_PRECISION = Tolerance(score=0.5, iou=0.98)
LESS_PRECISION = Tolerance(score=5.0, iou=0.9)


def run(options: Options, manifest: Manifest) -> int:
    """Print a line for each kept image; gives the exit status.

    Raises:
        BundleRefused: The model cannot be loaded.
    """
    if GOLDEN_FILE not in manifest.files:
        sys.stdout.write("This bundle was made without images to compare with: there is nothing to test.\n")
        return 0
    model = load_model(options.folder, manifest)
    app = create_app(options, manifest, model)
    tolerance = FULL_PRECISION if manifest.speed == Speed.SLOW else LESS_PRECISION
    kept = json.loads((options.folder / GOLDEN_FILE).read_bytes())
    thresholds = {name: 100 * value for name, value in model.predictor.meta.score_thresholds.items()}
    problems = 0
    for one in kept["images"]:
        image_file = (options.folder / one["file"]).read_bytes()
        answer = asyncio.run(_ask(app, options, manifest, image_file))
        verdict = compare(one["answer"], answer, thresholds, tolerance)
        problems += verdict.is_wrong
        sys.stdout.write(f"{one['file']}: {verdict.text}\n")
    sys.stdout.write("The selftest failed.\n" if problems else "The selftest passed.\n")
    return 1 if problems else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    text: str
    is_wrong: bool


def compare(wanted: Answer, answered: Answer, thresholds: dict[str, float], tolerance: Tolerance) -> Verdict:
    """Judge an answer with masks as RLE; thresholds are 0-100, by label."""
    if answered == wanted:
        return Verdict(f"the same {len(wanted)} objects, to the last digit", is_wrong=False)
    left = list(range(len(answered)))
    unmatched: Answer = []
    iou = mask_iou([_mask(one) for one in wanted], [_mask(one) for one in answered], [False] * len(answered))
    for row, one in enumerate(wanted):
        partners = [index for index in left if _is_same(one, answered[index], iou[row, index], tolerance)]
        if partners:
            left.remove(max(partners, key=lambda index: iou[row, index]))
        else:
            unmatched.append(one)
    unmatched += [answered[index] for index in left]
    wrong = [one for one in unmatched if abs(one["score"] - thresholds[one["label"]]) > tolerance.score]
    if wrong:
        return Verdict(
            f"{len(wrong)} of {len(wanted)} objects differ, {wrong[0]['label']} at {wrong[0]['score']} for one",
            is_wrong=True,
        )
    return Verdict(f"the same {len(wanted)} objects, as near as another kind of CPU computes them", is_wrong=False)


def _is_same(wanted: dict[str, Any], answered: dict[str, Any], iou: float, tolerance: Tolerance) -> bool:
    is_near = abs(wanted["score"] - answered["score"]) <= tolerance.score
    return wanted["label"] == answered["label"] and is_near and iou >= tolerance.iou


def _mask(one: dict[str, Any]) -> Rle:
    return Rle(tuple(one["rle"]["size"]), one["rle"]["counts"])


async def _ask(app: Any, options: Options, manifest: Manifest, image_file: bytes) -> Answer:
    """Ask the whole application, as a client would."""
    transport = httpx.ASGITransport(app)
    headers = {"Content-Type": "application/octet-stream", TOKEN_HEADER: options.token or ""}
    async with httpx.AsyncClient(transport=transport, base_url="http://bundle", headers=headers, timeout=None) as http:
        answer = await http.post(f"{predict_path(manifest)}?mask=rle", content=image_file)
    answer.raise_for_status()
    found: Answer = answer.json()
    return found
