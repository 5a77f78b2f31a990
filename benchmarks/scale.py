"""A project of 100,000 images and 1,000,000 instances: pages, filters, counts, ids, and the export to COCO.

    python -m benchmarks.scale [--images 100000] [--databases sqlite postgresql] [--skip-export]

Everything goes over HTTP to a server of its own; PostgreSQL is started for it where its programs are found. The rows
are written straight into the database, their image files do not exist. The floor beside the times: a request to
/healthz. The first request of a kind counts what it lists; later ones know the total until the project changes.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, text

from app.db.engine import dispose_engine, get_engine, session_scope
from app.db.models import Image, ImageClassCount, Instance, LabelClass, Project
from app.db.totals import recount_project
from benchmarks._server import RunningServer, running_server
from tests.services import find_postgresql, postgresql_server

INSTANCES_PER_IMAGE = 10
LABELS = 12
FOLDERS = 40
REPEATS = 12  # of each request
PAGE = 100
ROWS_AT_ONCE = 20_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    arguments = parse_arguments()
    for database in arguments.databases:
        with database_url(database) as url:
            settings = {"DATABASE_URL": url} if url else {}
            with running_server("serve", prepare=lambda: fill(arguments.images), **settings) as server:
                print(f"{database}: {arguments.images:,} images, {arguments.images * INSTANCES_PER_IMAGE:,} instances")
                measure_requests(server, arguments.images)
                if not arguments.skip_export:
                    measure_export(server, arguments.images * INSTANCES_PER_IMAGE)
        dispose_engine()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--skip-export", action="store_true")
    return parser.parse_args()


@contextmanager
def database_url(database: str) -> Iterator[str | None]:
    if database == "sqlite":
        yield None
        return
    programs = find_postgresql()
    if programs is None:
        raise SystemExit("PostgreSQL's initdb was not found")
    with postgresql_server(programs) as url:
        yield url


# --- the project -------------------------------------------------------------------------------------------------


def fill(image_count: int) -> None:
    """Write a project whose labels follow a long tail, a fifth of it unlabeled and a fifth for validation."""
    chance = random.Random(0)
    weights = [1 / (rank + 1) for rank in range(LABELS)]
    with session_scope() as session:
        project = Project(name="Large", created_by=1)
        session.add(project)
        session.flush()
        classes = [
            LabelClass(project_id=project.id, name=f"label {rank}", color="#E69F00", position=rank)
            for rank in range(LABELS)
        ]
        session.add_all(classes)
        session.flush()
        class_ids = [label_class.id for label_class in classes]
        images, instances, counts = [], [], []
        for image_id in range(1, image_count + 1):
            labeled = image_id % 5 != 0
            chosen = chance.choices(class_ids, weights, k=INSTANCES_PER_IMAGE * 5 // 4) if labeled else []
            images.append(_image_row(project.id, image_id, len(chosen)))
            instances += [_instance_row(image_id, number, class_id, chance) for number, class_id in enumerate(chosen)]
            counts += [
                {"image_id": image_id, "class_id": class_id, "instance_count": chosen.count(class_id)}
                for class_id in set(chosen)
            ]
            if len(instances) >= ROWS_AT_ONCE or image_id == image_count:
                for table, rows in ((Image, images), (Instance, instances), (ImageClassCount, counts)):
                    if rows:
                        session.execute(insert(table.__table__), rows)
                    rows.clear()
        recount_project(session, project.id)
    if get_engine().dialect.name == "postgresql":
        with get_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as the server's own housekeeping does a minute later


def _image_row(project_id: int, image_id: int, instance_count: int) -> dict[str, Any]:
    folder = f"site {image_id % FOLDERS:02d}/day {image_id % 7}"
    when = START + timedelta(minutes=image_id)
    return {
        "id": image_id,
        "project_id": project_id,
        "name": f"{folder}/photo {image_id * 7919 % 1_000_003:07d}.jpg",
        "folder": folder,
        "width": 1280,
        "height": 960,
        "byte_size": 200_000,
        "media_type": "image/jpeg",
        "content_hash": f"{image_id:064x}",
        "storage_key": f"projects/{project_id}/images/{image_id}.jpg",
        "thumbnail_key": f"projects/{project_id}/thumbnails/{image_id}.jpg",
        # every hundredth image shows the same as the one before
        "fingerprint": random.Random(image_id - (image_id % 100 == 0)).getrandbits(63),
        "in_validation": image_id % 5 == 1,
        "revision": 1,
        "instance_count": instance_count,
        "uploaded_by": 1,
        "created_at": when,
        "changed_at": when,
    }


def _instance_row(image_id: int, number: int, class_id: int, chance: random.Random) -> dict[str, Any]:
    x, y = chance.uniform(0, 1200), chance.uniform(0, 880)
    ring = [[x, y], [x + 30.5, y - 4], [x + 61, y + 2], [x + 70, y + 40.25], [x + 40, y + 77], [x + 3, y + 50]]
    return {
        "image_id": image_id,
        "instance_id": f"{image_id:08x}-0000-4000-8000-{number:012x}",
        "class_id": class_id,
        "position": number,
        "polygons": [{"exterior": [[round(a, 2), round(max(b, 0), 2)] for a, b in ring], "holes": []}],
        "rle_counts": None,
        "crowd": False,
        "source": "manual",
    }


# --- measuring ---------------------------------------------------------------------------------------------------


def measure_requests(server: RunningServer, image_count: int) -> None:
    project = "/api/v1/projects/1"
    images = f"{project}/images?limit={PAGE}"
    since = (START + timedelta(minutes=image_count // 2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    filters = {
        "no filter": "",
        "a common label": "&label=label 0",
        "a rare label": "&label=label 11",
        "labeled": "&labeled=true",
        "unlabeled": "&labeled=false",
        "in validation": "&validation=true",
        "label and validation": "&label=label 1&validation=true",
        "label and not validation": "&label=label 0&validation=false",
        "name, many": "&q=photo 00",
        "name, few": "&q=0012345",
        "name, none": "&q=nothing like it",
        "name and label": "&q=photo 00&label=label 2",
        "folder": "&folder=site 07",
        "uploaded since": f"&uploaded_after={since}",
        "uploaded by": "&uploaded_by=1",
        "label and folder": "&label=label 0&folder=site 07/day 1",
    }
    sorts = {f"sorted by {sort}": f"&sort={sort}" for sort in ("name", "-changed", "-instances", "created")}
    report("floor: /healthz", lambda: server.client.get("/healthz"))
    report("labels with counts", lambda: get(server, f"{project}/labels"))
    report("project with counts", lambda: get(server, project))
    report("folders", lambda: get(server, f"{project}/images/folders"))
    report("uploaders", lambda: get(server, f"{project}/images/uploaders"))
    for words, query in {**filters, **sorts}.items():
        report(f"first page, {words}", lambda query=query: get(server, images + query))
    report("page of 30", lambda: get(server, f"{project}/images?limit=30"))
    for words, query in (*sorts.items(), ("no filter", ""), ("a common label", "&label=label 0"), ("name", "&q=photo")):
        cursor = late_cursor(server, images + query)
        report(
            f"late page, {words}", lambda query=query, cursor=cursor: get(server, f"{images}{query}&cursor={cursor}")
        )
    report("near-duplicates", lambda: get(server, f"{project}/near-duplicates?limit=30"), repeats=3)
    for words, query in (("all", ""), ("a common label", "&label=label 0"), ("by name", "&sort=name")):
        report(f"ids, {words}", lambda query=query: get(server, f"{project}/images/ids?limit=1{query}"), repeats=3)


def late_cursor(server: RunningServer, path: str, pages: int = 80) -> str:
    """A cursor far into a list: pages of 1,000 are turned to get there."""
    cursor, path = "", path.replace(f"limit={PAGE}", "limit=1000")
    for _ in range(pages):
        following = get(server, path + (f"&cursor={cursor}" if cursor else ""))["next_cursor"]
        if following is None:
            break
        cursor = following
    return cursor


def measure_export(server: RunningServer, instance_count: int) -> None:
    before, peak, size, started = server.memory_mb(), 0.0, 0, time.perf_counter()
    with server.client.stream("GET", "/api/v1/projects/1/labels/export?format=coco") as answer:
        for number, chunk in enumerate(answer.iter_raw()):
            size += len(chunk)
            if number % 50 == 0:
                peak = max(peak, server.memory_mb())
    seconds = time.perf_counter() - started
    rate = instance_count / seconds
    print(
        f"  export to COCO: {rate:,.0f} instances a second, {size / 1e6:.0f} MB in {seconds:.0f} s; "
        f"memory {before:.0f} -> at most {peak:.0f} MB"
    )


def get(server: RunningServer, path: str) -> Any:
    answer = server.client.get(path)
    answer.raise_for_status()
    return answer.json()


def report(words: str, request: Callable[[], object], *, repeats: int = REPEATS) -> None:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        request()
        times.append(1000 * (time.perf_counter() - started))
    first, median, p95 = times[0], np.median(times), np.percentile(times, 95)
    print(f"  {words:36} first {first:7.1f} ms   median {median:7.1f} ms   p95 {p95:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
