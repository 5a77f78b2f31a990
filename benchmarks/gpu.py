"""What a CUDA machine does: training and prediction speed of each size, memory, the CPU's loss again, several GPUs.

    python -m benchmarks.gpu
    python -m benchmarks.gpu --device cpu --image-size 128 --sizes small --steps 1    # does it run at all

The exported model runs on ONNX Runtime as on a server (docs/prediction.md, On a GPU), and its answers are compared with
the CPU's. On a machine without CUDA it says what it could not run. Images are generated; weights are random, which
costs the same.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import distributed

from app.db.enums import ModelSize
from app.inference.model_meta import ModelMeta
from app.inference.onnxruntime_session import OnnxRuntimeSession, gpu_fault
from app.inference.openvino_session import OpenVinoSession
from app.inference.session import Session
from app.predictions.gate import RUNNING_ON_GPU
from worker import forward, transforms
from worker.dataset import MaskCrop, PreparedImage
from worker.export_onnx import SCORE_TOLERANCE, export_model
from worker.learner import Learner
from worker.memory import is_out_of_memory
from worker.model import IMAGE_MEAN, IMAGE_STD, build_model
from worker.recipe import GPU_BATCH, Recipe
from worker.samples import Sample
from worker.team import Alone, ProcessGroup, Team

CLASSES = 5
OBJECTS = 12  # an image
WARM_UP_STEPS = 3
MIXED_GOAL = 1.3  # times the images of f32 a second
LOSS_TOLERANCE = 0.01  # of the loss; boxes that lie on the edge of being kept may differ
LOSS_IMAGE_SIZE = 256
EXPORTED_RUNS = 10
COMPARED_SCORES = 100  # the best of an image; below, near ties let suppression keep other boxes
DDP_FLAG = "--as-process"  # under torchrun


@dataclass(frozen=True, slots=True)
class Speed:
    batch_size: int
    images_per_s: float
    memory_gb: float | None  # at its peak; not known of a CPU


def main() -> None:
    arguments = _parse()
    if arguments.as_process:
        _measure_as_process(arguments)
        return
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print(
            "No CUDA device here. Not run: training speed in f32 and mixed precision, prediction, also of the exported"
        )
        print("model, memory, the loss on GPU and CPU, several GPUs.")
        return
    device = torch.device(arguments.device)
    print(f"{_name(device)}, torch {torch.__version__}, {arguments.image_size} px, {arguments.steps} steps each")
    for size in arguments.sizes:
        _compare_training(size, device, arguments)
        _measure_prediction(size, device, arguments.image_size)
        _measure_export(size, device, arguments.image_size)
    _compare_loss(device)
    _compare_processes(device, arguments)


def _compare_training(size: ModelSize, device: torch.device, arguments: argparse.Namespace) -> None:
    speeds = {dtype: _train(size, device, dtype, arguments) for dtype in (None, torch.bfloat16)}
    for dtype, speed in speeds.items():
        memory = "" if speed.memory_gb is None else f", {speed.memory_gb:.1f} GB"
        print(
            f"{size:<7} training   {_words(dtype):<9} {speed.images_per_s:8.2f} images/s "
            f"in batches of {speed.batch_size}{memory}"
        )
    ratio = speeds[torch.bfloat16].images_per_s / speeds[None].images_per_s
    print(f"{size:<7} mixed / f32 {ratio:.2f} (goal {MIXED_GOAL}){'' if ratio >= MIXED_GOAL else ': MISSED'}")


def _train(
    size: ModelSize,
    device: torch.device,
    dtype: torch.dtype | None,
    arguments: argparse.Namespace,
    team: Team = Alone(),
) -> Speed:
    """Time steps on batches that are there already; half the batch where memory is short."""
    batch_size = GPU_BATCH[size] if device.type == "cuda" else 1
    while True:
        try:
            return _time_steps(size, device, dtype, arguments, batch_size=batch_size, team=team)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error) or batch_size == 1 or team.size > 1:
                raise
        batch_size //= 2
        torch.cuda.empty_cache()


def _time_steps(
    size: ModelSize,
    device: torch.device,
    dtype: torch.dtype | None,
    arguments: argparse.Namespace,
    *,
    batch_size: int,
    team: Team,
) -> Speed:
    torch.manual_seed(0)
    learner = Learner(
        build_model(size, class_count=CLASSES, image_size=arguments.image_size),
        Recipe(batch_size, learning_rate=1e-4),
        freeze_batch_norm=True,
        device=device,
        autocast_dtype=dtype,
        team=team,
    )
    samples = [_sample(seed + team.rank * batch_size, arguments.image_size) for seed in range(batch_size)]
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)

    def step(number: int) -> None:
        learner.step(samples, 1e-4, seeds=[number * batch_size + index for index in range(batch_size)])

    seconds = _time(step, arguments.steps, device)
    memory_gb = torch.cuda.max_memory_allocated(device) / 1e9 if device.type == "cuda" else None
    return Speed(batch_size, team.size * batch_size / seconds, memory_gb)


@torch.no_grad()
def _measure_prediction(size: ModelSize, device: torch.device, image_size: int) -> None:
    """One image at a time, as the evaluation runs the model."""
    torch.manual_seed(0)
    model = build_model(size, class_count=CLASSES, image_size=image_size).to(device).eval()
    pixels, _ = _sample(0, image_size)
    for dtype in (None, torch.bfloat16):

        def predict(_number: int, dtype: torch.dtype | None = dtype) -> None:
            with torch.autocast(device.type, dtype=dtype, enabled=dtype is not None):
                batch = forward.batch_images(model, [pixels], device)
                features = model.backbone(batch.tensors)
                forward.detect_on_features(model, batch, features, min_score=0.05, max_boxes=100)

        print(f"{size:<7} prediction {_words(dtype):<9} {1000 * _time(predict, 10, device):8.1f} ms an image")


def _measure_export(size: ModelSize, device: torch.device, image_size: int) -> None:
    """The exported model as a server runs it, beside OpenVINO on the CPU: time, and whether its answers hold.

    On the CPU, ONNX Runtime's own kernels stand for the GPU's.
    """
    gpu = None if device.type == "cpu" else device.index or 0
    if gpu is not None and (fault := gpu_fault(gpu)):
        print(f"{size:<7} exported   not run: {fault}")
        return
    with TemporaryDirectory() as folder:
        _export(size, image_size, Path(folder))
        on_cpu = OpenVinoSession.load(Path(folder), threads=None)
        session = OnnxRuntimeSession.load(Path(folder), gpu=gpu)
    wide, high = (np.ascontiguousarray(pixels) for pixels in _wide_and_high(image_size))

    def run(pixels: NDArray[np.float32], session: Session = session) -> tuple[bytes, NDArray[np.float32]]:
        found = session.detect(pixels)
        masks = session.mask_probabilities(found, np.arange(min(OBJECTS, len(found.scores))))
        return found.boxes_xyxy.tobytes() + masks.tobytes(), found.scores[:COMPARED_SCORES]

    for words, action in (
        ("on OpenVINO", lambda _number: run(wide, on_cpu)),
        ("on ONNX Runtime", lambda _number: run(wide)),
        ("the same, sizes in turns", lambda number: run((wide, high)[number % 2])),
    ):
        print(f"{size:<7} exported   {words:<26} {1000 * _time(action, EXPORTED_RUNS, device):8.1f} ms an image")
    with ThreadPoolExecutor(RUNNING_ON_GPU) as threads:
        started = time.perf_counter()
        beside_others = list(threads.map(run, [wide] * EXPORTED_RUNS * RUNNING_ON_GPU))
        seconds = (time.perf_counter() - started) / len(beside_others)
    print(f"{size:<7} exported   {f'the same, {RUNNING_ON_GPU} at once':<26} {1000 * seconds:8.1f} ms an image")
    answer, scores = run(wide)
    difference = float(np.abs(scores - run(wide, on_cpu)[1]).max())
    verdict = "" if difference <= SCORE_TOLERANCE else ": MISSED, this is no float32"
    print(f"{size:<7} exported   scores apart from OpenVINO's {difference:.1e} <= {SCORE_TOLERANCE}{verdict}")
    same = all(other == answer for other, _ in beside_others)
    print(f"{size:<7} exported   beside others {'the same to the last bit' if same else 'other answers: MISSED'}")


def _export(size: ModelSize, image_size: int, folder: Path) -> None:
    torch.manual_seed(0)
    model = build_model(size, class_count=CLASSES, image_size=image_size).eval()
    meta = ModelMeta(
        class_names=tuple(f"class {number}" for number in range(CLASSES)),
        image_size=image_size,
        size=size,
        model_name="random",
        checkpoint="best",
        step=0,
        image_mean=IMAGE_MEAN,
        image_std=IMAGE_STD,
    )
    export_model(model, meta=meta, directory=folder, sample_images=[])


def _wide_and_high(image_size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    wide: NDArray[np.float32] = (_sample(0, image_size)[0].float() / 255).numpy()
    return wide, wide.transpose(0, 2, 1)


def _compare_loss(device: torch.device) -> None:
    """The loss of one batch in f32, every candidate drawn so that no random number decides."""
    if device.type == "cpu":
        print("Not run: the loss on GPU and CPU; the device is the CPU")
        return
    torch.backends.cudnn.allow_tf32 = False
    losses = {place: _loss_of_all(place) for place in (torch.device("cpu"), device)}
    on_cpu, on_gpu = losses.values()
    difference = abs(on_gpu - on_cpu) / on_cpu
    verdict = "" if difference <= LOSS_TOLERANCE else ": MISSED"
    print(f"loss of one step: CPU {on_cpu:.5f}, GPU {on_gpu:.5f}, apart {difference:.1e} <= {LOSS_TOLERANCE}{verdict}")


def _loss_of_all(device: torch.device) -> float:
    torch.manual_seed(0)
    model = build_model(ModelSize.SMALL, class_count=CLASSES, image_size=LOSS_IMAGE_SIZE).to(device).eval()
    for sampler in (model.rpn.fg_bg_sampler, model.roi_heads.fg_bg_sampler):
        sampler.batch_size_per_image = 10**7
    samples = [_sample(seed, LOSS_IMAGE_SIZE) for seed in range(2)]
    targets = [{name: value.to(device) for name, value in target.items()} for _, target in samples]
    with torch.no_grad():
        batch = forward.batch_images(model, [pixels for pixels, _ in samples], device)
        features = model.backbone(batch.tensors)
        losses = forward.losses_on_features(model, batch, features, targets, max_masks=None, seeds=(0, 1))
    return float(losses.total)


def _compare_processes(device: torch.device, arguments: argparse.Namespace) -> None:
    count = torch.cuda.device_count() if device.type == "cuda" else 0
    if count < 2:
        print(f"Not run: one training on several GPUs; there {'is 1' if count == 1 else 'are 0'}")
        return
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    own = [DDP_FLAG, "--image-size", str(arguments.image_size), "--steps", str(arguments.steps), "--sizes"]
    subprocess.run([*torchrun, "-m", "benchmarks.gpu", *own, *(str(size) for size in arguments.sizes)], check=True)


def _measure_as_process(arguments: argparse.Namespace) -> None:
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(device)
    distributed.init_process_group("cpu:gloo,cuda:nccl")
    team = ProcessGroup()
    for size in arguments.sizes:
        speed = _train(size, device, torch.bfloat16, arguments, team)
        if team.rank == 0:
            print(f"{size:<7} training   bfloat16  {speed.images_per_s:8.2f} images/s on {team.size} GPUs", flush=True)
    distributed.destroy_process_group()


def _time(action: Callable[[int], None], steps: int, device: torch.device) -> float:
    """Seconds of one, on average."""
    for number in range(WARM_UP_STEPS if device.type == "cuda" else 1):
        action(number)
    _wait_for(device)
    started = time.perf_counter()
    for number in range(steps):
        action(number)
    _wait_for(device)
    return (time.perf_counter() - started) / steps


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _sample(seed: int, image_size: int) -> Sample:
    """An image of 4:3 with bright rectangles and discs on noise."""
    rng = np.random.default_rng(seed)
    height, width = image_size * 3 // 4, image_size
    rgb = rng.integers(60, 160, (height, width, 3)).astype(np.uint8)
    masks = []
    for number in range(OBJECTS):
        side = int(rng.integers(image_size // 16, image_size // 5))
        x0, y0 = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
        rows, columns = np.ogrid[:side, :side]
        radius = side / 2
        disc = (rows - radius + 0.5) ** 2 + (columns - radius + 0.5) ** 2 <= radius**2
        mask = disc if number % 2 else np.ones((side, side), bool)
        rgb[y0 : y0 + side, x0 : x0 + side][mask] = rng.integers(0, 255, 3)
        masks.append(MaskCrop(x0, y0, mask))
    labels = rng.integers(1, CLASSES + 1, OBJECTS)
    return transforms.to_tensors(PreparedImage(rgb, labels, tuple(masks)))


def _words(dtype: torch.dtype | None) -> str:
    return "float32" if dtype is None else str(dtype).removeprefix("torch.")


def _name(device: torch.device) -> str:
    if device.type == "cpu":
        return "CPU"
    return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name(device)}"


def _parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--image-size", type=int, default=800)
    parser.add_argument("--sizes", type=ModelSize, nargs="+", default=list(ModelSize))
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument(DDP_FLAG, action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
