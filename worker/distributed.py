"""One training on several devices: torchrun starts a process for each, and every one of them runs this module.

python -m torch.distributed.run --standalone --nproc-per-node N -m worker.distributed FOLDER
"""

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psutil
import torch
from torch import distributed

from app.logging import configure_logging
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from app.training.lifecycle import Claim
from app.training.model_files import read_snapshot_of_present_images
from worker import device as devices
from worker import job as jobs
from worker import rank as ranks
from worker.endings import FitResult
from worker.fit import fit
from worker.memory import Footprint, OutOfMemory
from worker.reporter import DatabaseReporter
from worker.team import ProcessGroup
from worker.weights import InitialWeights

logger = logging.getLogger(__name__)

WATCH_SECONDS = 0.5
# The others wait for the leader while it evaluates, saves, or waits for the database. Who waits for a dead one is ended
# by torchrun.
PATIENCE = timedelta(days=1)
END_SECONDS = 10.0
JOB_FILE = "job.pickle"
PAUSE_FILE = "pause"


class ProcessDied(Exception):
    """A process of the training ended without saying why."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the worker gives its processes to do, by a file."""

    claim: Claim
    resume_from: Path | None
    initial_weights: InitialWeights
    worker_pid: int
    footprint: Footprint | None = None
    smaller_by: int = 0


def fit_on_all(
    job: Job, *, processes: int, reporter: DatabaseReporter, shutdown: threading.Event, work_dir: Path
) -> FitResult:
    """Train by one process for each device, with less in memory each time that it is short.

    Raises:
        OutOfMemory: nothing is left to make smaller.
        ProcessDied: a process ended without saying why.
        Exception: whatever worker.fit.fit raised.
    """
    while True:
        tried = _run(job, processes, shutdown, work_dir)
        if isinstance(tried, FitResult):
            return tried
        footprint = tried.smaller(asked_image_size=job.claim.config.image_size)
        if footprint is None:
            raise tried
        reporter.log(f"Not enough memory for {tried.footprint} on each device: going on with {footprint}.")
        last = work_dir / "last.pt"
        job = replace(job, footprint=footprint, smaller_by=0, resume_from=last if last.exists() else job.resume_from)


def _run(job: Job, processes: int, shutdown: threading.Event, work_dir: Path) -> FitResult | OutOfMemory:
    """Start the processes and wait for them."""
    (work_dir / JOB_FILE).write_bytes(pickle.dumps(job))
    for ending in work_dir.glob("ending-*.pickle"):
        ending.unlink()
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    threads = max(1, devices.available_cores() // processes)
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    torchrun = subprocess.Popen([*command, "-m", "worker.distributed", str(work_dir)], env=environment)
    try:
        while torchrun.poll() is None:
            if shutdown.is_set():
                (work_dir / PAUSE_FILE).touch()
            time.sleep(WATCH_SECONDS)
    finally:
        _end(torchrun)
    return _ending(work_dir, torchrun.returncode)


def _end(torchrun: "subprocess.Popen[bytes]") -> None:
    torchrun.terminate()
    try:
        torchrun.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        torchrun.kill()
        torchrun.wait()


def _ending(work_dir: Path, status: int) -> FitResult | OutOfMemory:
    endings = [pickle.loads(path.read_bytes()) for path in sorted(work_dir.glob("ending-*.pickle"))]
    for ending in endings:
        if isinstance(ending, FitResult | OutOfMemory):
            return ending
    if not endings:
        raise ProcessDied(f"a process of the training died; torchrun ended with status {status}")
    raise endings[0]


def main() -> None:
    """Be one process of the training."""
    work_dir = Path(sys.argv[1])
    configure_logging()
    job: Job = pickle.loads((work_dir / JOB_FILE).read_bytes())
    pause = threading.Event()
    threading.Thread(target=_watch, args=(job.worker_pid, work_dir / PAUSE_FILE, pause), daemon=True).start()
    device = _own_device()
    on_gpus = device.type == "cuda"
    distributed.init_process_group("cpu:gloo,cuda:nccl" if on_gpus else "gloo", timeout=PATIENCE)
    rank = distributed.get_rank()
    try:
        result = _take_part(job, device, pause, work_dir)
    except Exception as error:
        logger.exception("process %d of the training failed", rank)
        if not _says_that_another_died(error):
            _write_ending(work_dir, rank, error)
        sys.stderr.flush()
        os._exit(1)  # at once: the process group would wait for the others
    if result is not None:
        _write_ending(work_dir, rank, result)
    distributed.destroy_process_group()


def _take_part(job: Job, device: torch.device, pause: threading.Event, work_dir: Path) -> FitResult | None:
    """Lead the team, which gives its result, or follow."""
    settings, store, team = get_settings(), get_blob_store(), ProcessGroup()
    frozen, _deleted = read_snapshot_of_present_images(store, job.claim.snapshot_key, job.claim.owner)
    data = jobs.training_data(frozen, jobs.image_loader(store, settings))
    if team.rank > 0:
        ranks.follow(data, device=device, team=team)
        return None
    reporter = DatabaseReporter(job.claim, store=store, shutdown=pause)
    return fit(
        replace(jobs.train_config(job.claim, settings), device=str(device)),
        data,
        reporter,
        resume_from=job.resume_from,
        work_dir=work_dir,
        clock=reporter.clock,
        initial_weights=job.initial_weights,
        footprint=job.footprint,
        smaller_by=job.smaller_by,
        team=team,
    )


def _own_device() -> torch.device:
    device = devices.choose_device(get_settings().device)
    if device.type != "cuda":
        return device
    own = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(own)
    return own


def _watch(worker_pid: int, pause_file: Path, pause: threading.Event) -> None:
    """End with the worker or torchrun, however these die, and hear when to pause."""
    torchrun = psutil.Process(os.getppid())
    while os.getppid() == torchrun.pid and torchrun.ppid() == worker_pid:
        if pause_file.exists():
            pause.set()
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _says_that_another_died(error: Exception) -> bool:
    """Whether it is no reason of its own: the process that died first has written one, or was killed without a word.

    NCCL has a class for it, gloo the path of its source in the message.
    """
    return isinstance(error, distributed.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error))


def _write_ending(work_dir: Path, rank: int, ending: FitResult | Exception) -> None:
    try:
        content = pickle.dumps(ending)
    except (pickle.PicklingError, TypeError, AttributeError):
        content = pickle.dumps(RuntimeError(f"{type(ending).__name__}: {ending}"))
    path = work_dir / f"ending-{rank}.pickle"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
