"""The two graphs of an exported model on OpenVINO, on the CPU.

Source: docs/decisions/0011-onnx-runtime.md (why OpenVINO).
"""

import sys
import tempfile
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from app.inference.compiled import CompiledGraphs
from app.inference.errors import PrecisionUnavailable
from app.inference.session import FEATURE_NAMES, MASK_SIDE, Detections, Precision, best_first, open_graphs

if TYPE_CHECKING:
    from openvino import CompiledModel, Core, Model

NO_CACHE = ""  # in the runtime's words
MASK_BATCH = 100  # boxes a run: 1,000 at once would need a gigabyte; more than 100 at once is no faster

# In the runtime's words. INT8 graphs say themselves where they compute in it.
_HINTS: Mapping[Precision, str] = {Precision.FLOAT32: "f32", Precision.BFLOAT16: "bf16", Precision.INT8: "f32"}


class OpenVinoSession:
    """See Session. Answers do not depend on the number of threads."""

    def __init__(self, detector: "CompiledModel", mask_head: "CompiledModel") -> None:
        self._detector = detector
        self._mask_head = mask_head

    @classmethod
    def load(
        cls,
        directory: Path,
        *,
        threads: int | None,
        precision: Precision = Precision.FLOAT32,
        compiled_graphs: CompiledGraphs | None = None,
    ) -> "OpenVinoSession":
        """Compile both graphs.

        Args:
            threads: CPU threads of one run; None leaves it to the runtime. Answers do not depend on it.
            compiled_graphs: Where they are kept for the next time.
        Raises:
            InvalidModel: a graph is missing or unreadable.
            PrecisionUnavailable: this CPU does not compute in it.
        """
        if precision is Precision.BFLOAT16 and not has_bfloat16():
            raise PrecisionUnavailable("this CPU does not compute in bfloat16")
        detector, mask_head = open_graphs(
            directory,
            partial(compile_graph, threads=threads, precision=precision, compiled_graphs=compiled_graphs),
            damage=(RuntimeError,),
        )
        if compiled_graphs is not None:
            compiled_graphs.prune()
        return cls(detector, mask_head)

    def detect(self, pixels: NDArray[np.float32]) -> Detections:
        # A request of its own for each call costs microseconds, and owns its results.
        request = self._detector.create_infer_request()
        request.infer({"image": pixels}, share_inputs=True)
        features = {name: request.get_tensor(name) for name in FEATURE_NAMES}
        boxes_xyxy, scores, labels = (request.get_tensor(name).data for name in ("boxes", "scores", "labels"))
        return best_first(boxes_xyxy, scores, labels, features)

    def mask_probabilities(self, detections: Detections, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        masks = np.empty((len(chosen), MASK_SIDE, MASK_SIDE), dtype=np.float32)
        request = self._mask_head.create_infer_request()
        for start in range(0, len(chosen), MASK_BATCH):
            batch = chosen[start : start + MASK_BATCH]
            request.infer(
                {
                    **detections.features,
                    "boxes": detections.boxes_xyxy[batch],
                    "labels": detections.labels[batch],
                }
            )
            masks[start : start + len(batch)] = request.get_output_tensor(0).data
        return masks


def compile_graph(
    path: Path,
    *,
    threads: int | None,
    precision: Precision = Precision.FLOAT32,
    compiled_graphs: CompiledGraphs | None = None,
) -> "CompiledModel":
    """Make an ONNX file ready to run on the CPU.

    Raises:
        RuntimeError: The file is damaged.
    """
    options: dict[str, Any] = {
        # Without it a CPU that has bfloat16 computes in it by itself, and scores differ by up to 0.02.
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        "PERFORMANCE_HINT": "LATENCY",
        # Pinned threads of several processes would all sit on the same cores.
        "ENABLE_CPU_PINNING": False,
    }
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    core = _openvino_core()
    model = core.read_model(path)  # kept under what is in it; given its path, it would be kept under the path
    if precision is Precision.BFLOAT16:
        model = _with_float32_pooling(model)
    if compiled_graphs is None:
        return core.compile_model(model, "CPU", options)
    with compiled_graphs.folder_of(path, variant=precision.value) as folder:
        return core.compile_model(model, "CPU", options | {"CACHE_DIR": str(folder or NO_CACHE)})


def _with_float32_pooling(model: "Model") -> "Model":
    """Let ROIAlign stay in float32: in bfloat16 it takes ten times as long, a third of all (measured with 2026.4).

    OpenVINO's files can say so of an operation, its Python interface cannot.
    """
    with tempfile.TemporaryDirectory() as folder:
        xml_file = Path(folder) / "graph.xml"
        _save(model, xml_file)
        tree = ElementTree.parse(xml_file)
        for layer in tree.iter("layer"):
            if layer.get("type") == "ROIAlign":
                info = ElementTree.SubElement(layer, "rt_info")
                ElementTree.SubElement(info, "attribute", name="precise", version="0")
        tree.write(xml_file)
        return _openvino_core().read_model(xml_file)


def check_graphs(directory: Path) -> None:
    """Read both graphs of an exported model without making them ready to run.

    Raises:
        InvalidModel: a graph is missing or unreadable.
    """
    open_graphs(directory, _openvino_core().read_model, damage=(RuntimeError,))


def write_openvino_files(onnx_file: Path, xml_file: Path) -> None:
    """Write an ONNX file as OpenVINO's own two, `.xml` and `.bin`, with the weights as they are."""
    _save(_openvino_core().read_model(onnx_file), xml_file)


def _save(model: "Model", xml_file: Path) -> None:
    import openvino  # after the core, which sees to it that importing tells nobody

    openvino.save_model(model, xml_file, compress_to_fp16=False)


@cache
def has_bfloat16() -> bool:
    """Whether this CPU computes in bfloat16 itself; one that does not would only pretend, slowly."""
    capabilities: list[str] = _openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


@cache
def cpu_name() -> str:
    name: str = _openvino_core().get_property("CPU", "FULL_DEVICE_NAME")
    return " ".join(name.split())


@cache
def _openvino_core() -> "Core":
    # Importing OpenVINO tells its makers so over the network, unless this package is missing: then it uses a stub.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python blocks an import
    # Here and not above: the runtime is 30 MB and a tenth of a second that a server without a model need not pay.
    import openvino

    return openvino.Core()
