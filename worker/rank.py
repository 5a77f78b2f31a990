"""One process of a training: its share of the images, its copy of the model, and the steps that all take together."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torchvision.models.detection import MaskRCNN

from worker import checkpoint, draws, earlier_model, memory, weights
from worker import device as devices
from worker import model as networks
from worker.dataset import TrainingData
from worker.learner import Learner
from worker.memory import OutOfMemory
from worker.prepared_images import DiskCache, PreparedImages
from worker.samples import SampleStream
from worker.setup import Setup
from worker.team import Begin, End, Load, Step, Team
from worker.weights import LoadedWeights

MEMORY_SHARE = 0.25  # of what is free, for prepared images
DISK_SHARE = 0.25  # of what is free, for those that memory does not hold


class Rank:
    """What the leader's does (begin, load, step, end), those of the whole team do."""

    def __init__(self, setup: Setup, data: TrainingData, *, device: torch.device, team: Team) -> None:
        """Make the model and what it learns from."""
        team.tell(Begin(setup))
        self.setup = setup
        self._team = team
        checkpoint.seed_everything(setup.config.seed)
        with self._saying_out_of_memory():
            model = networks.build_model(
                setup.config.size, class_count=len(setup.config.class_names), image_size=setup.config.image_size
            )
            self.loaded = _load(model, setup)
            self.learner = Learner(
                model,
                setup.recipe,
                freeze_batch_norm=setup.initial.freeze_batch_norm,
                device=device,
                autocast_dtype=setup.autocast_dtype,
                team=team,
            )
        self._images = PreparedImages(
            data.training,
            setup.config.class_names,
            image_size=setup.config.image_size,
            memory_bytes=int(devices.available_memory_bytes() * MEMORY_SHARE / team.size),
            disk=DiskCache(
                setup.work_dir / f"prepared-{team.rank}",
                max_bytes=int(shutil.disk_usage(setup.work_dir).free * DISK_SHARE / team.size),
            ),
        )
        self._stream = SampleStream(
            self._images,
            setup.recipe.augmentation,
            seed=setup.config.seed,
            batch_size=setup.recipe.batch_size,
            threads=devices.available_cores() // team.size if device.type == "cuda" else 0,
            stride=team.size,
        )

    def load(self, path: Path) -> dict[str, Any]:
        """Go on from the learner's state in a checkpoint; gives all that is in it."""
        self._team.tell(Load(path))
        content = checkpoint.read_checkpoint(path)
        with self._saying_out_of_memory():
            self.learner.load_state_dict(content["training"]["learner"])
        return content

    def step(self, number: int, learning_rate: float, *, shrink: float = 1.0) -> float | None:
        """Take the step of this number, from 0; see Learner.step.

        Raises:
            OutOfMemory: the weights may be anything now.
        """
        self._team.tell(Step(number, learning_rate, shrink))
        batch = number * self._team.size + self._team.rank
        batch_size = self.setup.recipe.batch_size
        places = range(batch * batch_size, (batch + 1) * batch_size)
        seeds = [draws.seed_of_draws(self.setup.config.seed, place) for place in places]
        with self._saying_out_of_memory():
            return self.learner.step(self._stream.batch(batch, shrink=shrink), learning_rate, seeds=seeds)

    def end(self) -> None:
        self._team.tell(End())
        self.close()

    def close(self) -> None:
        """End this process's threads and remove its files; the others go on."""
        self._stream.close()
        self._images.close()

    @property
    def vanished(self) -> int:
        """Instances left out so far because they have no pixel at training size."""
        return self._images.vanished

    @contextmanager
    def _saying_out_of_memory(self) -> Iterator[None]:
        try:
            yield
        except memory.FAILURES as error:
            if memory.is_out_of_memory(error):
                raise OutOfMemory(self.setup.footprint) from error
            raise


def follow(data: TrainingData, *, device: torch.device, team: Team) -> None:
    """Do what the leader tells until it ends."""
    torch.set_num_threads(max(1, devices.available_cores() // team.size))
    rank: Rank | None = None
    while True:
        match team.hear(), rank:
            case Begin(setup), _:
                if rank is not None:
                    rank.close()
                rank = None
                free_memory(device)
                rank = Rank(setup, data, device=device, team=team)
            case Load(path), Rank():
                rank.load(path)
            case Step(number, learning_rate, shrink), Rank():
                rank.step(number, learning_rate, shrink=shrink)
            case End(), _:
                if rank is not None:
                    rank.close()
                return


def free_memory(device: torch.device) -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def _load(model: MaskRCNN, setup: Setup) -> LoadedWeights | None:
    """Load what the setup begins with; None where that is random weights."""
    initial = setup.initial
    if initial.path is None:
        return None
    if initial.is_checkpoint:
        return earlier_model.load_earlier_model(model, setup.config.class_names, initial.path)
    return weights.load_initial_weights(model, setup.config.size, initial.path)
