"""What the compiled graphs compute in."""

from collections import defaultdict
from pathlib import Path

import pytest

from app.inference.compiled import CompiledGraphs
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE
from app.inference.openvino_session import compile_graph, has_bfloat16
from app.inference.session import Precision


@pytest.mark.skipif(not has_bfloat16(), reason="this CPU has no bfloat16")
@pytest.mark.parametrize("file_name", [DETECTOR_FILE, MASK_HEAD_FILE])
def test_bfloat16__is_for_all_but_the_pooling__as_compiled_and_as_kept(
    exported: Path, tmp_path: Path, file_name: str
) -> None:
    kept = CompiledGraphs(tmp_path, max_bytes=2**30)
    for _ in ("compiled", "read"):
        graph = compile_graph(exported / file_name, threads=1, precision=Precision.BFLOAT16, compiled_graphs=kept)
        precisions = defaultdict(set)
        for operation in graph.get_runtime_model().get_ops():
            info = operation.get_rt_info()
            precisions[info["layerType"].astype(str)].add(info["runtimePrecision"].astype(str))
        assert precisions["ROIAlign"] == {"f32"}
        assert "bf16" in precisions["Convolution"]
