"""The main job through REST against a fresh `maskwright up`: AP50, the time to AP50 0.75, and prediction in every form.

python -m benchmarks.walk --data ../shared/data/fruits_nuts --minutes 5 --overlay walk.png
"""

import argparse
import base64
import http.server
import io
import json
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.cli.overlay import draw_predictions, side_by_side
from benchmarks._server import running_server

AP50_GOAL, AP50_NEEDED = 0.75, 0.9
SHOWN_IMAGES = 4
IMAGE_TYPE = {"Content-Type": "application/octet-stream"}
Json = Any


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fruits_nuts"))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--image-size", type=int, default=256)
    parser.add_argument("--overlay", type=Path, help="Write predictions drawn over validation images to this PNG.")
    wanted = parser.parse_args()
    if not (wanted.data / "instances.json").exists():
        print(f"not run: there is no labeled set at {wanted.data}")
        return 0
    with running_server(PREDICT_URL_ALLOW="127.0.0.1") as server:
        print(f"the server answered {server.seconds_to_start:.1f} s after its start")
        walk = Walk(server.client, wanted.data)
        model = walk.train(minutes=wanted.minutes, image_size=wanted.image_size)
        walk.predict_in_every_form(model)
        if wanted.overlay:
            walk.draw(model, wanted.overlay)
    return 0 if model["best"]["ap50"] >= AP50_NEEDED else 1


class Walk:
    """One project with the set's images, labels and split."""

    def __init__(self, http_client: httpx.Client, data: Path) -> None:
        self._http = http_client
        self._data = data
        self._coco = json.loads((data / "instances.json").read_text())
        self._project_id = self._ask("POST", "/api/v1/projects", json={"name": data.name})["id"]
        self._project = f"/api/v1/projects/{self._project_id}"
        self._upload()

    def _upload(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for image in self._coco["images"]:
                file.writestr(image["file_name"], self._read(image["file_name"]))
        taken = self._ask("POST", f"{self._project}/images", files={"files": ("set.zip", archive.getvalue())})
        labels = json.dumps(self._coco).encode()
        report = self._ask(
            "POST", f"{self._project}/labels/import", params={"format": "coco"}, files={"file": ("i.json", labels)}
        )
        print(
            f"uploaded {len(taken['items'])} of {len(self._coco['images'])} images, "
            f"imported {report['instances_imported']} of {len(self._coco['annotations'])} instances"
        )
        split = self._data / "split.json"
        self._has_split = split.exists()
        if self._has_split:
            ids = {image["name"].rsplit("/", 1)[-1]: image["id"] for image in taken["items"]}
            validation = [ids[name] for name in json.loads(split.read_text())["val"]]
            self._ask("PUT", f"{self._project}/validation", json={"image_ids": validation, "validation": True})

    def train(self, *, minutes: float, image_size: int) -> Json:
        """Train, print each point of the curve as it comes, and say when the goal was reached."""
        body = {"name": "walk", "size": "small", "image_size": image_size, "use_validation_set": self._has_split}
        model = self._ask(
            "POST", f"{self._project}/models", json={**body, "train_minutes": minutes, "stop_minutes": minutes}
        )
        queued_at, seen = time.monotonic(), 0
        while model["status"] not in ("ready", "failed", "cancelled"):
            time.sleep(1)
            model = self._ask("GET", f"/api/v1/models/{model['id']}")
            points = self._curve(model)
            for point in points[seen:]:
                print(
                    f"step {point['step']:5} {point['elapsed_s']:6.1f} s  loss {point['train_loss']:.3f}  "
                    f"mAP {point['map'] or 0:.3f}  AP50 {point['ap50'] or 0:.3f}",
                    flush=True,
                )
            seen = len(points)
        if model["status"] != "ready":
            raise SystemExit(f"the training ended {model['status']}: {model['error']}")
        reached = next((point for point in self._curve(model) if (point["ap50"] or 0) >= AP50_GOAL), None)
        print(
            f"AP50 {model['best']['ap50']:.3f}, mAP {model['best']['map']:.3f} after {model['elapsed_s']:.0f} s of "
            f"training, ready {time.monotonic() - queued_at:.0f} s after Start\n"
            f"AP50 {AP50_GOAL} after " + (f"{reached['elapsed_s']:.0f} s" if reached else "never")
        )
        return model

    def predict_in_every_form(self, model: Json) -> None:
        """The same image as bytes, by URL and in base64, with and without a slash at the end, best and last."""
        name = self._coco["images"][0]["file_name"]
        data = self._read(name)
        path = f"/api/predict/{self._project_id}/{model['name']}"
        plain = self._ask("POST", path, content=data, headers=IMAGE_TYPE)
        with image_server(data) as url:
            answers = {
                "slash": self._ask("POST", f"{path}/", content=data, headers=IMAGE_TYPE),
                "url": self._ask("POST", path, json={"url": url}),
                "base64": self._ask("POST", path, json={"base64": base64.b64encode(data).decode()}),
            }
        last = self._ask("POST", f"{path}/last", content=data, headers=IMAGE_TYPE)
        differing = [form for form, answer in answers.items() if answer != plain]
        if differing or last != self._ask("POST", f"{path}/last/", content=data, headers=IMAGE_TYPE):
            raise SystemExit(f"the forms do not answer alike: {differing or 'last'}")
        print(f"{name}: {len(plain)} objects, alike by bytes, URL and base64; {len(last)} by last")

    def draw(self, model: Json, overlay: Path) -> None:
        held_back = self._ask("GET", f"{self._project}/images", params={"validation": True})["items"]
        names = [image["name"] for image in held_back] or [image["file_name"] for image in self._coco["images"]]
        drawn = []
        for name in names[:SHOWN_IMAGES]:
            data = self._read(name)
            found = self._ask(
                "POST", f"/api/predict/{self._project_id}/{model['name']}", content=data, headers=IMAGE_TYPE
            )
            drawn.append(draw_predictions(data, found, model["class_names"]))
        side_by_side(drawn).save(overlay)
        print(f"predictions on {len(drawn)} validation images: {overlay}")

    def _curve(self, model: Json) -> list[Json]:
        points: list[Json] = self._ask("GET", f"/api/v1/models/{model['id']}/curve")["items"]
        return points

    def _read(self, name: str) -> bytes:
        return (self._data / "images" / name).read_bytes()

    def _ask(self, method: str, path: str, **options: Any) -> Json:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise SystemExit(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()


@contextmanager
def image_server(data: bytes) -> Iterator[str]:
    """The URL of an image on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/image.jpg"
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
