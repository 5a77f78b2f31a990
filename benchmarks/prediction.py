"""Our prediction of a JPEG beside torchvision's eager forward and mask paste: same weights, thresholds and images.

    python -m benchmarks.prediction --data ../shared/data/fruits_nuts --checkpoint best.pt

Without --checkpoint a small model is trained first (--minutes). In the part `runtime` ours is timed from the file's
bytes to the JSON text with polygons; in the part `server` from a POST to the answer, at each speed; the rival from the
same bytes to masks. They take turns, so a busy machine slows both. --parts leaves some out, or all where it names none.
--requests 5000 tells whether a server's memory stays flat over so many requests with images of changing sizes.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision.models.detection import MaskRCNN

from app.db.enums import ModelSize
from app.inference.decode import decode_image
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, ModelMeta
from app.inference.postprocess import MaskFormat, predictions_to_json
from app.inference.prediction import Prediction
from app.inference.predictor import MIN_SCORE, Predictor
from app.inference.preprocess import resize_for_model
from app.inference.session import FEATURE_NAMES
from benchmarks._prediction_server import TENTHS, measure_long_run, measure_server
from benchmarks.fruits_nuts_training import PrintingReporter, load_rgb, read_coco
from worker.checkpoint import TrainedModel, load_trained_model
from worker.dataset import TrainingData
from worker.export_onnx import export_model
from worker.fit import fit
from worker.model import IMAGE_MEAN, IMAGE_STD
from worker.train_config import TrainConfig

SCORE_THRESHOLD = 0.5
MAX_PIXELS = 150_000_000
PARTS = ("server", "runtime", "answer")


def main() -> None:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    if not (arguments.data / "instances.json").is_file():
        print(f"skipped, there is no {arguments.data / 'instances.json'}")
        return
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = arguments.checkpoint or train(arguments, Path(folder))
        trained = load_trained_model(checkpoint)
        directory = Path(folder) / "export"
        export(trained, directory, arguments.data)
        if "server" in arguments.parts:
            through_server(arguments, trained, directory)
        if arguments.requests is not None:
            over_many_requests(arguments, directory)
        if "runtime" in arguments.parts:
            in_this_process(arguments, trained, directory)
    if "answer" in arguments.parts:
        measure_large_answer()


def through_server(arguments: argparse.Namespace, trained: TrainedModel, directory: Path) -> None:
    data, class_names, files = read_set(arguments.data)
    trained.model.roi_heads.score_thresh = SCORE_THRESHOLD
    measure_server(
        directory,
        data,
        class_names,
        files,
        lambda file: eager_masks(trained.model, file),
        rounds=arguments.rounds,
        seconds=arguments.crowd_seconds,
    )


def over_many_requests(arguments: argparse.Namespace, directory: Path) -> None:
    measure_long_run(directory, *read_set(arguments.data), requests=arguments.requests)


def in_this_process(arguments: argparse.Namespace, trained: TrainedModel, directory: Path) -> None:
    predictor = Predictor.load(directory, threads=arguments.threads)
    files = [path.read_bytes() for path in sorted((arguments.data / "images").iterdir())]
    compare_latency(predictor, trained.model, files, rounds=arguments.rounds)
    compare_quality(predictor, trained, arguments.data)
    compare_runtimes(predictor, directory, files[0], rounds=arguments.rounds, threads=arguments.threads)
    measure_memory_and_start(directory)


def read_set(folder: Path) -> tuple[TrainingData, tuple[str, ...], list[bytes]]:
    """The set as it is trained on, its class names, and its JPEGs in the order of its images."""
    data, class_names = read_coco(folder)
    names = {image["id"]: image["file_name"] for image in read_document(folder)["images"]}
    return data, class_names, [(folder / "images" / names[image.image_id]).read_bytes() for image in data.images]


def read_document(data: Path) -> dict[str, list[dict[str, Any]]]:
    document: dict[str, list[dict[str, Any]]] = json.loads((data / "instances.json").read_text())
    return document


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fruits_nuts"))
    parser.add_argument("--checkpoint", type=Path, help="a trained state, as worker.fit writes them")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--image-size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--crowd-seconds", type=float, default=60, help="how long sixteen clients send at once")
    parser.add_argument("--requests", type=at_least_ten, metavar="N", help="watch a server's memory over N requests")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--threads", type=int, default=2, help="1 on a busy machine: then the processor's times compare"
    )
    return parser.parse_args()


def at_least_ten(text: str) -> int:
    """One for each tenth that is told of."""
    if (count := int(text)) < TENTHS:
        raise argparse.ArgumentTypeError(f"{count} are fewer than {TENTHS}")
    return count


def train(arguments: argparse.Namespace, folder: Path) -> Path:
    data, class_names = read_coco(arguments.data)
    config = TrainConfig(
        size=ModelSize.SMALL,
        class_names=class_names,
        image_size=arguments.image_size,
        train_minutes=arguments.minutes,
        stop_minutes=arguments.minutes,
        device="cpu",
    )
    fit(config, data, PrintingReporter(0), resume_from=None, work_dir=folder)
    return folder / "best.pt"


def export(trained: TrainedModel, directory: Path, data: Path) -> None:
    meta = ModelMeta(
        class_names=trained.config.class_names,
        image_size=trained.config.image_size,
        size=trained.config.size.value,
        model_name="benchmark",
        checkpoint="best",
        step=trained.point.step,
        image_mean=IMAGE_MEAN,
        image_std=IMAGE_STD,
    )
    samples = [load_rgb(path) for path in sorted((data / "images").iterdir())[:3]]
    started = time.perf_counter()
    report = export_model(trained.model, meta=meta, directory=directory, sample_images=samples)
    print(f"export {time.perf_counter() - started:.1f} s, {report.size_bytes / 1e6:.0f} MB")
    print(f"differences to torch: {report.meta.torch_comparison}")


def compare_latency(predictor: Predictor, model: MaskRCNN, files: Sequence[bytes], *, rounds: int) -> None:
    thresholds = dict.fromkeys(predictor.meta.class_names, SCORE_THRESHOLD)
    model.roi_heads.score_thresh = SCORE_THRESHOLD

    def ours(file: bytes) -> int:
        rgb = decode_image(file, max_pixels=MAX_PIXELS)
        predictions = predictor.predict(rgb, score_thresholds=thresholds)
        answer = predictions_to_json(predictions, mask=MaskFormat.POLYGONS, height=rgb.shape[0], width=rgb.shape[1])
        return len(json.dumps(answer))

    def shell(file: bytes) -> None:
        """What ours does beside the two graphs."""
        rgb = decode_image(file, max_pixels=MAX_PIXELS)
        resize_for_model(rgb, predictor.meta.image_size)
        answer = predictions_to_json(found[file], mask=MaskFormat.POLYGONS, height=rgb.shape[0], width=rgb.shape[1])
        json.dumps(answer)

    found = {
        file: predictor.predict(decode_image(file, max_pixels=MAX_PIXELS), score_thresholds=thresholds)
        for file in files
    }
    print(f"{statistics.mean(map(len, found.values())):.1f} objects an image at {SCORE_THRESHOLD}")
    times: dict[str, list[Times]] = {"ours": [], "eager": [], "ours without the graphs": []}
    for _ in range(rounds):
        for file in files:
            times["ours"].append(timed(lambda: ours(file)))  # noqa: B023 - called at once
            times["eager"].append(timed(lambda: eager_masks(model, file)))  # noqa: B023
            times["ours without the graphs"].append(timed(lambda: shell(file)))  # noqa: B023
    print_times(times)
    for kind in ("elapsed_ms", "processor_ms"):
        for percent in (50, 95):
            ratio = percentile(times["ours"], kind, percent) / percentile(times["eager"], kind, percent)
            print(f"ours / eager at p{percent} of {kind}: {ratio:.2f}")


def eager_masks(model: MaskRCNN, file: bytes) -> NDArray[np.bool_]:
    """The bare loop: decode, torchvision's own resize, forward and paste."""
    rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    with torch.inference_mode():
        (found,) = model([torch.from_numpy(rgb).permute(2, 0, 1).float() / 255])
        return np.asarray((found["masks"][:, 0] > 0.5).numpy())


def compare_quality(predictor: Predictor, trained: TrainedModel, data: Path) -> None:
    """COCO's AP over all images of the set, every score from MIN_SCORE on: the same images for both."""
    truth = COCO(str(data / "instances.json"))
    category_of = {category["name"]: category["id"] for category in truth.cats.values()}
    names = trained.config.class_names
    trained.model.roi_heads.score_thresh = MIN_SCORE
    results: dict[str, list[dict[str, object]]] = {"ours": [], "eager": []}
    for image in truth.imgs.values():
        rgb = load_rgb(data / "images" / image["file_name"])
        for prediction in predictor.predict_all(rgb):
            rle = prediction.rle(*rgb.shape[:2])
            segmentation = {"size": list(rle.size), "counts": rle.counts}
            results["ours"].append(result(image, category_of[prediction.class_name], segmentation, prediction.score))
        with torch.inference_mode():
            (found,) = trained.model([torch.from_numpy(rgb).permute(2, 0, 1).float() / 255])
        for label, score, mask in zip(found["labels"], found["scores"], found["masks"][:, 0], strict=True):
            segmentation = coco_mask.encode(np.asfortranarray(mask.numpy() > 0.5))
            results["eager"].append(result(image, category_of[names[label - 1]], segmentation, float(score)))
    for name, found_by in results.items():
        evaluation = COCOeval(truth, truth.loadRes(found_by), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        print(f"{name}: AP {evaluation.stats[0]:.4f}, AP50 {evaluation.stats[1]:.4f} on {len(truth.imgs)} images")


def result(image: dict[str, object], category_id: int, segmentation: object, score: float) -> dict[str, object]:
    return {"image_id": image["id"], "category_id": category_id, "segmentation": segmentation, "score": score}


def compare_runtimes(predictor: Predictor, directory: Path, file: bytes, *, rounds: int, threads: int) -> None:
    """The same two graphs on ONNX Runtime, where it is installed."""
    if find_spec("onnxruntime") is None:
        print("onnxruntime is not installed: not compared")
        return
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    detector, mask_head = (
        onnxruntime.InferenceSession(directory / name, options, providers=["CPUExecutionProvider"])
        for name in (DETECTOR_FILE, MASK_HEAD_FILE)
    )
    pixels = resize_for_model(decode_image(file, max_pixels=MAX_PIXELS), predictor.meta.image_size).pixels

    def on_onnxruntime() -> None:
        boxes, scores, labels, *features = detector.run(None, {"image": pixels})
        kept = scores >= SCORE_THRESHOLD
        inputs = dict(zip(FEATURE_NAMES, features, strict=True))
        mask_head.run(None, {**inputs, "boxes": boxes[kept], "labels": labels[kept]})

    def on_openvino() -> None:
        found = predictor._session.detect(pixels)
        predictor._session.mask_probabilities(found, np.flatnonzero(found.scores >= SCORE_THRESHOLD))

    times: dict[str, list[Times]] = {"OpenVINO": [], "ONNX Runtime": []}
    for _ in range(2 * rounds):
        # By fives, the first not counted: threads of the one go on spinning for a while and slow the other down.
        times["OpenVINO"] += [timed(on_openvino) for _ in range(5)][1:]
        times["ONNX Runtime"] += [timed(on_onnxruntime) for _ in range(5)][1:]
    print("both graphs in float32:")
    print_times(times)


def measure_memory_and_start(directory: Path) -> None:
    """In a fresh process: what importing and loading cost, and what repeated predictions hold."""
    script = """
import sys, time
from pathlib import Path
import psutil
def resident(): return psutil.Process().memory_info().rss / 1e6
start = time.perf_counter()
import numpy as np
from app.inference import cache, decode, postprocess, predictor
print(f"app.inference imported: {time.perf_counter() - start:.2f} s, {resident():.0f} MB resident")
start = time.perf_counter()
model = predictor.Predictor.load(Path(sys.argv[1]))
print(f"model loaded: {time.perf_counter() - start:.2f} s, {resident():.0f} MB")
image = np.random.default_rng(0).integers(0, 256, (600, 800, 3), dtype=np.uint8)
start = time.perf_counter()
model.predict(image, score_thresholds={})
print(f"first prediction: {time.perf_counter() - start:.2f} s, {resident():.0f} MB")
print(f"the cache counts {model.size_bytes / 1e6:.0f} MB for it")
for turn in range(200):
    model.predict(image[: 600 - turn], score_thresholds={})
print(f"after 200 predictions of 200 sizes: {resident():.0f} MB")
"""
    subprocess.run([sys.executable, "-c", script, str(directory)], check=True)


def measure_large_answer() -> None:
    """12 megapixels and 100 objects: how long the answer takes to write."""
    height, width, side = 3000, 4000, 300
    ys, xs = np.mgrid[:side, :side]
    blob = np.hypot(xs - side / 2, ys - side / 2) < side / 2 - 15 * np.sin(8 * np.arctan2(ys - side / 2, xs - side / 2))
    corners = np.random.default_rng(0).integers(0, (width - side, height - side), (100, 2)).tolist()
    predictions = [Prediction("fig", 0.9, (x, y, x + side, y + side), blob) for x, y in corners]
    for mask in (MaskFormat.POLYGONS, MaskFormat.RLE):
        measured = [
            timed(lambda: json.dumps(predictions_to_json(predictions, mask=mask, height=height, width=width)))  # noqa: B023
            for _ in range(5)
        ]
        print(f"12 megapixels, 100 objects, {mask}: {statistics.median(times.elapsed_ms for times in measured):.0f} ms")


@dataclass(frozen=True, slots=True)
class Times:
    elapsed_ms: float
    processor_ms: float  # of all threads


def timed(call: Callable[[], object]) -> Times:
    processor, elapsed = time.process_time(), time.perf_counter()
    call()
    return Times((time.perf_counter() - elapsed) * 1000, (time.process_time() - processor) * 1000)


def print_times(times: Mapping[str, Sequence[Times]]) -> None:
    for name, measured in times.items():
        print(
            f"{name}: p50 {percentile(measured, 'elapsed_ms', 50):.1f} ms, p95 "
            f"{percentile(measured, 'elapsed_ms', 95):.1f} ms, processor p50 "
            f"{percentile(measured, 'processor_ms', 50):.1f} ms"
        )


def percentile(measured: Sequence[Times], kind: str, percent: float) -> float:
    return float(np.percentile([getattr(times, kind) for times in measured], percent))


if __name__ == "__main__":
    main()
