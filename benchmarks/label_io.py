"""Images and labels in and out: the mushroom set, and a set of the shape of the nuclei of 2018's Data Science Bowl.

    python -m benchmarks.label_io [--data ../shared/data/mushroom] [--repeats 3] [--skip-nuclei]

The floor beside the nuclei is one process that writes the files, decodes each once and makes its thumbnail. On such a
machine Label Studio took 1.8 s for mushroom's import, 2.1 s for its export and 41 ms for a page of 30.
"""

import argparse
import io
import json
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.inference.decode import decode_image
from app.masks.rle import encode_mask
from app.storage.thumbnails import THUMBNAIL_LONG_SIDE, make_thumbnail
from benchmarks._server import RunningServer, running_server

# Sizes and numbers of the training images of https://www.kaggle.com/c/data-science-bowl-2018, rounded.
NUCLEI_SIZES = {(256, 256): 334, (320, 256): 112, (696, 520): 92, (360, 360): 91, (1024, 1024): 18, (640, 512): 17}
NUCLEI_PER_IMAGE = 44
MAX_PIXELS = 150_000_000


def main() -> None:
    arguments = parse_arguments()
    for _ in range(arguments.repeats):
        with running_server("serve") as server:
            warm_up(server)
            if (arguments.data / "instances.json").is_file():
                measure_mushroom(server, arguments.data)
            else:
                print(f"mushroom: skipped, there is no {arguments.data / 'instances.json'}")
    if not arguments.skip_nuclei:
        archive, labels = make_nuclei()
        for _ in range(arguments.repeats):
            floor = measure_floor(archive)
            with running_server("serve") as server:
                warm_up(server)
                measure_nuclei(server, archive, labels, floor)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/mushroom"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--skip-nuclei", action="store_true")
    return parser.parse_args()


def warm_up(server: RunningServer) -> None:
    """One small image and label: what is imported at first use is."""
    rows = np.zeros((8, 8, 3), dtype=np.uint8)
    project = new_project(server, "Warm up")
    post(server, f"{project}/images", files=[("files", ("a.png", cv2.imencode(".png", rows)[1].tobytes()))])
    mask = np.eye(8, dtype=np.bool_)
    post(server, f"{project}/labels/import", files={"file": ("l.json", coco([("a.png", rows)], [[mask]]))})


# --- mushroom ----------------------------------------------------------------------------------------------------


def measure_mushroom(server: RunningServer, data: Path) -> None:
    archive = zipped((path.name, path.read_bytes()) for path in sorted((data / "images").iterdir()))
    labels = (data / "instances.json").read_bytes()
    project = new_project(server, "Mushroom")
    upload = timed(lambda: post(server, f"{project}/images", files=[("files", ("images.zip", archive))]))
    imported = timed(lambda: post(server, f"{project}/labels/import", files={"file": ("labels.json", labels)}))
    export = min(timed(lambda: get(server, f"{project}/labels/export?format=coco").content) for _ in range(3))
    page = [timed(lambda: get(server, f"{project}/images?limit=30").json()) for _ in range(20)]
    print(
        f"mushroom: upload {upload:.2f} s + import {imported:.2f} s = {upload + imported:.2f} s (at most 1.8), "
        f"export {export:.2f} s (at most 0.5), page of 30 median {1000 * np.median(page):.1f} ms, "
        f"p95 {1000 * np.percentile(page, 95):.1f} ms (at most 20)",
        flush=True,
    )


# --- nuclei ------------------------------------------------------------------------------------------------------


def make_nuclei() -> tuple[bytes, bytes]:
    """A zip of noisy images with bright blobs, and their masks as a COCO file with RLE."""
    chance = np.random.default_rng(0)
    sizes = [size for size, count in NUCLEI_SIZES.items() for _ in range(count)]
    images: list[tuple[str, NDArray[np.uint8]]] = []
    masks: list[list[NDArray[np.bool_]]] = []
    for number, (width, height) in enumerate(sizes):
        # Grey kept as colour, as a microscope's pictures are: some 80 MB in all, like the set itself.
        pixels = chance.integers(0, 40, (height, width, 1), dtype=np.uint8).repeat(3, axis=2)
        of_image = []
        for _ in range(NUCLEI_PER_IMAGE):
            blob = np.zeros((height, width), np.uint8)
            center = (int(chance.integers(8, width - 8)), int(chance.integers(8, height - 8)))
            axes = (int(chance.integers(5, 14)), int(chance.integers(5, 14)))
            cv2.ellipse(blob, center, axes, float(chance.uniform(0, 180)), 0, 360, 1, -1)
            pixels[blob > 0] += 120
            of_image.append(blob > 0)
        images.append((f"nucleus-{number:04d}.png", pixels))
        masks.append(of_image)
    archive = zipped((name, png(pixels)) for name, pixels in images)
    return archive, coco(images, masks)


def png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def measure_floor(archive: bytes) -> float:
    """Write the files, decode each once, make the thumbnails: one process, one thread."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="maskwright-floor-") as folder:
        started = time.perf_counter()
        with zipfile.ZipFile(io.BytesIO(archive)) as images:
            for name in images.namelist():
                path = Path(folder) / name
                path.write_bytes(images.read(name))
                with path.open("rb") as file:
                    rgb = decode_image(file, max_pixels=MAX_PIXELS, at_least_px=THUMBNAIL_LONG_SIDE)
                (Path(folder) / f"{name}.jpg").write_bytes(make_thumbnail(rgb))
        seconds = time.perf_counter() - started
    cv2.setNumThreads(threads)
    return seconds


def measure_nuclei(server: RunningServer, archive: bytes, labels: bytes, floor: float) -> None:
    idle = server.memory_mb()
    project = new_project(server, "Nuclei")
    form = multipart("images.zip", archive)  # made beforehand: httpx would take half a second for it in our time
    with watched_memory(server) as peak:
        upload = timed(lambda: post(server, f"{project}/images", **form))
        imported = timed(lambda: post(server, f"{project}/labels/import", files={"file": ("labels.json", labels)}))
    print(
        f"nuclei: {sum(NUCLEI_SIZES.values())} images, {sum(NUCLEI_SIZES.values()) * NUCLEI_PER_IMAGE:,} instances: "
        f"upload {upload:.2f} s + import {imported:.2f} s = {(upload + imported) / floor:.2f} of the floor of "
        f"{floor:.2f} s (at most 1.2); memory {idle:.0f} MB idle, {peak() - idle:.0f} MB more at its highest "
        "(at most 400)",
        flush=True,
    )


@contextmanager
def watched_memory(server: RunningServer) -> Iterator[Callable[[], float]]:
    peak, ended = [server.memory_mb()], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            peak[0] = max(peak[0], server.memory_mb())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: peak[0]
    finally:
        ended.set()
        thread.join()


# --- both --------------------------------------------------------------------------------------------------------


def coco(images: list[tuple[str, NDArray[np.uint8]]], masks: list[list[NDArray[np.bool_]]]) -> bytes:
    annotations: list[dict[str, Any]] = []
    for image_id, of_image in enumerate(masks, start=1):
        for mask in of_image:
            rle = encode_mask(mask)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": 1,
                    "segmentation": {"size": list(rle.size), "counts": rle.counts},
                    "iscrowd": 0,
                }
            )
    entries = [
        {"id": number, "file_name": name, "width": pixels.shape[1], "height": pixels.shape[0]}
        for number, (name, pixels) in enumerate(images, start=1)
    ]
    categories = [{"id": 1, "name": "nucleus"}]
    return json.dumps({"images": entries, "annotations": annotations, "categories": categories}).encode()


def zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return whole.getvalue()


def multipart(name: str, content: bytes) -> dict[str, Any]:
    head = f'--part\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + b"\r\n--part--\r\n"
    return {"content": body, "headers": {"Content-Type": "multipart/form-data; boundary=part"}}


def new_project(server: RunningServer, name: str) -> str:
    return f"/api/v1/projects/{post(server, '/api/v1/projects', json={'name': name})['id']}"


def post(server: RunningServer, path: str, **options: Any) -> Any:
    answer = server.client.post(path, **options)
    answer.raise_for_status()
    content = answer.json()
    if content.get("refused") or content.get("problems"):
        raise SystemExit(f"{path}: {answer.text[:500]}")
    return content


def get(server: RunningServer, path: str) -> Any:
    answer = server.client.get(path)
    answer.raise_for_status()
    return answer


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
