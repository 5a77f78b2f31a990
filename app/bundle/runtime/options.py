"""How a bundle is started."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    folder: Path
    host: str
    port: int
    token: str | None
    check: bool
    selftest: bool
