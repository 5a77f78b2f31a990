"""One image with 1,500 objects: a step of it must fit into the memory of an ordinary machine."""

import subprocess
import sys

import pytest

MAX_GIB = 3.0  # of 8; torch and its libraries are half a gibibyte of it

STEP = """

import numpy as np
import torch

from app.db.enums import ModelSize, Split
from app.masks.instance import Instance, Polygon
from worker import draws
from worker.dataset import TrainingImage
from worker.learner import Learner
from worker.model import build_model
from worker.prepared_images import PreparedImages
from worker.recipe import Recipe
from worker.samples import SampleStream
from worker.team import Alone
from worker.transforms import Augmentation

SIDE, ACROSS, COUNT = 512, 40, 1500
torch.set_num_threads(1)
corners = [(12.0 * (k % ACROSS) + 4, 13.0 * (k // ACROSS) + 4) for k in range(COUNT)]
instances = tuple(
    Instance(str(k), "cell", polygons=(Polygon(((x, y), (x + 30, y), (x + 30, y + 30), (x, y + 30))),))
    for k, (x, y) in enumerate(corners)
)
rgb = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3)).astype(np.uint8)
image = TrainingImage(1, lambda: rgb, SIDE, SIDE, instances, Split.TRAINING)
images = PreparedImages([image], ["cell"], image_size=SIDE, memory_bytes=2**30)
stream = SampleStream(images, Augmentation(), seed=0, batch_size=1, threads=0)
learner = Learner(
    build_model(ModelSize.SMALL, class_count=1, image_size=SIDE),
    Recipe(batch_size=1, learning_rate=1e-3),
    freeze_batch_norm=False,
    device=torch.device("cpu"),
    autocast_dtype=None,
    team=Alone(),
)
loss = learner.step(stream.batch(0), 1e-3, seeds=[draws.seed_of_draws(0, 0)])
objects = len(stream.batch(0)[0][1]["labels"])
# Not getrusage: its peak is inherited from the process that started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(loss, objects, int(peak.split()[1]) / 2**20)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_step__takes_a_picture_of_1500_objects() -> None:
    done = subprocess.run([sys.executable, "-c", STEP], capture_output=True, text=True, check=True)

    loss, objects, peak_gib = (float(word) for word in done.stdout.split())
    assert 0 < loss < 30
    assert objects > 900  # scale jitter may cut some off
    assert peak_gib < MAX_GIB
