import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18
from torchvision.models.detection import MaskRCNN, maskrcnn_resnet50_fpn, maskrcnn_resnet50_fpn_v2

from app.db.enums import ModelSize
from worker import weights
from worker.model import build_model
from worker.weights import (
    WEIGHT_FILES,
    DamagedWeights,
    FileState,
    WeightFile,
    find_initial_weights,
    load_initial_weights,
)

CONTENT = b"weights, as they were published"
NAME = f"resnet18-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"


@pytest.fixture
def asked() -> list[int]:
    """From which byte on the file was asked for, each time."""
    return []


@pytest.fixture
def breaks() -> list[int]:
    """After how many bytes the connection breaks, the first times."""
    return []


@pytest.fixture
def host(asked: list[int], breaks: list[int]) -> Iterator[str]:
    """A web server that has the file, and at every other address a page of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            if self.path != f"/{NAME}":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>please sign in to this network")
                return
            asked.append(begin)
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", str(len(CONTENT) - begin))
            self.end_headers()
            end = begin + breaks.pop(0) if breaks else None
            self.wfile.write(CONTENT[begin:end])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def publish(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(WEIGHT_FILES, ModelSize.SMALL, WeightFile(url, holds="ImageNet weights", prefix=""))


def unheard(_done: int, _total: int | None) -> None:
    pass


def find(folder: Path, log: list[str], *, may_download: bool) -> weights.InitialWeights:
    return find_initial_weights(ModelSize.SMALL, weights_dir=folder, may_download=may_download, log=log.append)


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (ModelSize.SMALL, "resnet18-f37072fd.pth"),
        (ModelSize.MEDIUM, "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth"),
        (ModelSize.LARGE, "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth"),
    ],
)
def test_weight_files__are_the_published_ones(size: ModelSize, name: str) -> None:
    assert WEIGHT_FILES[size].name == name
    assert f"-{WEIGHT_FILES[size].sha256_prefix}." in name


def test_find_initial_weights__takes_a_file_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, f"http://127.0.0.1:1/{NAME}")
    (tmp_path / NAME).write_bytes(CONTENT)
    log: list[str] = []

    found = find(tmp_path, log, may_download=False)

    assert (found.path, found.description, log) == (tmp_path / NAME, f"ImageNet weights ({NAME})", [])


def test_find_initial_weights__downloads_where_allowed(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")

    found = find(tmp_path / "weights", [], may_download=True)

    assert found.path is not None
    assert found.path.read_bytes() == CONTENT


def test_find_initial_weights__damaged_file_is_fetched_again(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")
    (tmp_path / NAME).write_bytes(CONTENT[:-1])
    log: list[str] = []

    found = find(tmp_path, log, may_download=True)

    assert found.path is not None
    assert found.path.read_bytes() == CONTENT
    assert "is damaged" in log[0]


def test_find_initial_weights__says_random_where_none_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"http://127.0.0.1:1/{NAME}")
    log: list[str] = []

    found = find(tmp_path, log, may_download=True)

    assert (found.path, found.description) == (None, "random weights")
    assert f"{NAME} could not be downloaded: 127.0.0.1:1 cannot be reached" in log[1]
    assert "starts from random weights" in log[2]


def test_find_initial_weights__asks_no_network_when_forbidden(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")

    found = find(tmp_path, [], may_download=False)

    assert found.path is None
    assert list(tmp_path.iterdir()) == []


def test_fetch_weights__refuses_what_is_not_the_file(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/resnet18-00000000.pth")

    with pytest.raises(DamagedWeights, match="not 00000000"):
        weights.fetch_weights(ModelSize.SMALL, weights_dir=tmp_path, on_progress=unheard)

    assert list(tmp_path.iterdir()) == []


def test_fetch_weights__goes_on_with_a_broken_download(
    tmp_path: Path, host: str, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")
    (tmp_path / f".{NAME}.part").write_bytes(CONTENT[:10])
    heard: list[tuple[int, int | None]] = []

    path = weights.fetch_weights(
        ModelSize.SMALL, weights_dir=tmp_path, on_progress=lambda done, total: heard.append((done, total))
    )

    assert path.read_bytes() == CONTENT
    assert asked == [10]
    assert heard == [(len(CONTENT), len(CONTENT))]
    assert list(tmp_path.iterdir()) == [path]


def test_fetch_weights__goes_on_where_the_connection_breaks(
    tmp_path: Path, host: str, asked: list[int], breaks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")
    breaks += [10, 5]

    path = weights.fetch_weights(ModelSize.SMALL, weights_dir=tmp_path, on_progress=unheard)

    assert path.read_bytes() == CONTENT
    assert asked == [0, 10, 15]


def test_fetch_weights__keeps_what_came_where_no_more_comes(
    tmp_path: Path, host: str, breaks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")
    breaks += [10, 0]

    with pytest.raises(ConnectionError, match="ended after 10 of"):
        weights.fetch_weights(ModelSize.SMALL, weights_dir=tmp_path, on_progress=unheard)

    assert (tmp_path / f".{NAME}.part").read_bytes() == CONTENT[:10]


def test_fetch_weights__begins_anew_after_what_was_no_part_of_the_file(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, f"{host}/{NAME}")
    (tmp_path / f".{NAME}.part").write_bytes(b"rubbish")

    with pytest.raises(DamagedWeights):
        weights.fetch_weights(ModelSize.SMALL, weights_dir=tmp_path, on_progress=unheard)
    path = weights.fetch_weights(ModelSize.SMALL, weights_dir=tmp_path, on_progress=unheard)

    assert path.read_bytes() == CONTENT


def test_look_for_weights__ok_missing_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, f"http://127.0.0.1:1/{NAME}")
    states = []
    for content in (None, CONTENT[:-1], CONTENT):
        if content is not None:
            (tmp_path / NAME).write_bytes(content)
        states.append(weights.look_for_weights(ModelSize.SMALL, weights_dir=tmp_path)[0])

    assert states == [FileState.MISSING, FileState.DAMAGED, FileState.OK]


def test_load_initial_weights__fills_the_backbone_of_small(tmp_path: Path) -> None:
    published = resnet18(weights=None)
    torch.save(published.state_dict(), tmp_path / "resnet18.pth")
    model = build_model(ModelSize.SMALL, class_count=2, image_size=64)

    report = load_initial_weights(model, ModelSize.SMALL, tmp_path / "resnet18.pth")

    assert torch.equal(model.backbone.body.layer4[1].conv2.weight, published.layer4[1].conv2.weight)
    assert "backbone.body.conv1.weight" in report.loaded
    assert "backbone.fpn.inner_blocks.0.0.weight" in report.not_loaded
    assert not any(name.startswith("backbone.body") for name in report.not_loaded)


@pytest.mark.parametrize(
    ("size", "published", "eps"),
    [
        (ModelSize.MEDIUM, maskrcnn_resnet50_fpn, 0.0),
        (ModelSize.LARGE, maskrcnn_resnet50_fpn_v2, 1e-5),
    ],
)
def test_load_initial_weights__all_but_the_classes_works_as_published(
    tmp_path: Path, size: ModelSize, published: Callable[..., MaskRCNN], eps: float
) -> None:
    theirs = published(weights=None, weights_backbone=None).eval()
    norm = theirs.backbone.body.layer1[0].bn1
    norm.eps = eps
    norm.running_var.uniform_(1e-5, 1e-4)  # so small that the wrong eps would show
    torch.save(theirs.state_dict(), tmp_path / "coco.pth")
    model = build_model(size, class_count=3, image_size=64).eval()

    report = load_initial_weights(model, size, tmp_path / "coco.pth")

    features = torch.rand((1, 64, 4, 4))
    assert torch.allclose(model.backbone.body.layer1[0].bn1(features), norm(features), rtol=1e-4)
    assert torch.equal(
        model.roi_heads.mask_predictor.conv5_mask.weight, theirs.roi_heads.mask_predictor.conv5_mask.weight
    )
    assert {name.rsplit(".", 1)[0] for name in report.not_loaded} == {
        "roi_heads.box_predictor.cls_score",
        "roi_heads.box_predictor.bbox_pred",
        "roi_heads.mask_predictor.mask_fcn_logits",
    }
