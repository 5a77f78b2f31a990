"""Keep recently used models loaded, within a bound of memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from app.inference.predictor import Predictor


@dataclass(slots=True)
class _Slot:
    loading: threading.Lock = field(default_factory=threading.Lock)
    predictor: Predictor | None = None


class PredictorCache:
    """Loaded models by key, the least recently used dropped first; shared by all threads.

    A model that is dropped while it still answers stays in memory until it has; the newest is kept whatever its size.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()  # never held while a model loads
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()

    def get(self, key: Hashable, load: Callable[[], Predictor]) -> Predictor:
        """The model of this key; `load` runs if it is not there, once for however many ask meanwhile.

        What `load` raises is raised here, and the next one tries again. The key must change with the model's content: a
        model id, a checkpoint and its step.
        """
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.loading:
            if slot.predictor is None:
                try:
                    slot.predictor = load()
                finally:
                    self._settle(key, slot)
            return slot.predictor

    def _settle(self, key: Hashable, newest: _Slot) -> None:
        """Forget a slot that failed to load, or drop others to make room for it."""
        with self._lock:
            if newest.predictor is None:
                self._slots.pop(key, None)
                return
            loaded = {key: slot.predictor.size_bytes for key, slot in self._slots.items() if slot.predictor is not None}
            excess = sum(loaded.values()) - self._max_bytes
            for oldest, size_bytes in loaded.items():
                if excess <= 0:
                    return
                if self._slots[oldest] is not newest:
                    del self._slots[oldest]
                    excess -= size_bytes
