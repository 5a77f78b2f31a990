"""`make bench`: run every benchmark, one after the other, and keep what they print in benchmarks/results.md.

python -m benchmarks.run [NAME …]
"""

import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"


def main() -> None:
    names = sys.argv[1:] or sorted(
        path.stem
        for path in HERE.glob("*.py")
        if path.stem not in ("__init__", "run") and not path.stem.startswith("_")
    )
    sections = [_run(name) for name in names]
    kept = "" if not sys.argv[1:] or not RESULTS.exists() else _others(RESULTS.read_text(), names)
    RESULTS.write_text(_head() + kept + "".join(sections))


def _head() -> str:
    return (
        "# Benchmarks\n\nWhat `make bench` printed, each beside its rival in one run. "
        "Times differ from machine to machine; ratios are what counts.\n\n"
    )


def _run(name: str) -> str:
    print(f"--- {name}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
    )
    print(done.stdout, flush=True)
    status = "" if done.returncode == 0 else f"\nExit status {done.returncode}.\n"
    where = f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {platform.python_version()}"
    return f"## {name}\n\n{where}\n\n```text\n{done.stdout.rstrip()}\n```\n{status}\n"


def _others(text: str, names: list[str]) -> str:
    """The sections of an earlier run that this one does not replace."""
    sections = text.split("\n## ")[1:]
    return "".join(f"## {one.rstrip()}\n\n" for one in sections if one.splitlines()[0] not in names)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
