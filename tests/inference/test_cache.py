"""Loaded models: each once, the least recently used dropped first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.inference.cache import SizedCache
from app.inference.errors import InvalidModel
from app.inference.predictor import Predictor


class Loader:
    """Makes predictors over one session, and counts how often."""

    def __init__(self, predictor: Predictor, *, size_bytes: int = 10) -> None:
        self.calls = 0
        self._predictor = predictor
        self._size_bytes = size_bytes

    def __call__(self) -> Predictor:
        self.calls += 1
        return Predictor(self._predictor._session, self._predictor.meta, size_bytes=self._size_bytes)


def test_sized_cache__loads_once(predictor: Predictor) -> None:
    cache, load = SizedCache(max_bytes=100), Loader(predictor)

    assert cache.get("a", load) is cache.get("a", load)
    assert load.calls == 1


def test_sized_cache__drops_the_least_recently_used(predictor: Predictor) -> None:
    cache, load = SizedCache(max_bytes=20), Loader(predictor)
    a, b = cache.get("a", load), cache.get("b", load)
    assert cache.get("a", load) is a

    cache.get("c", load)

    assert load.calls == 3
    assert cache.get("a", load) is a
    assert cache.get("b", load) is not b


def test_sized_cache__the_newest_stays_whatever_its_size(predictor: Predictor) -> None:
    cache, small, huge = SizedCache(max_bytes=20), Loader(predictor), Loader(predictor, size_bytes=1000)
    cache.get("small", small)

    first = cache.get("huge", huge)

    assert cache.get("huge", huge) is first
    cache.get("small", small)
    assert small.calls == 2


def test_sized_cache__many_at_once_load_once(predictor: Predictor) -> None:
    cache, load = SizedCache(max_bytes=100), Loader(predictor)
    others_wait = threading.Barrier(8)
    answers: list[Predictor] = []

    def slow_load() -> Predictor:
        loading.set()
        release.wait()
        return load()

    def ask() -> None:
        others_wait.wait()
        answers.append(cache.get("a", slow_load))

    loading, release = threading.Event(), threading.Event()
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    loading.wait()
    assert cache.get("b", load) is not None  # another model loads meanwhile
    release.set()
    for thread in threads:
        thread.join()

    assert load.calls == 2
    assert len(answers) == 8
    assert all(answer is answers[0] for answer in answers)


def test_sized_cache__who_waited_on_a_failure_loads_for_all(predictor: Predictor) -> None:
    cache, load = SizedCache(max_bytes=100), Loader(predictor)
    loading, waits = threading.Event(), threading.Event()

    class Key(str):
        """Tells when the cache looks for it."""

        def __hash__(self) -> int:
            waits.set()
            return hash("a")

    def fail() -> Predictor:
        loading.set()
        assert waits.wait(60)
        raise InvalidModel("damaged")

    with ThreadPoolExecutor(2) as threads:
        failing = threads.submit(cache.get, "a", fail)
        assert loading.wait(60)
        waiting = threads.submit(cache.get, Key("a"), load)
        assert isinstance(failing.exception(), InvalidModel)

    assert cache.get("a", load) is waiting.result()
    assert load.calls == 1


def test_sized_cache__a_failure_is_told_and_tried_again(predictor: Predictor, tmp_path: Path) -> None:
    cache, load = SizedCache(max_bytes=100), Loader(predictor)

    with pytest.raises(InvalidModel):
        cache.get("a", lambda: Predictor.load(tmp_path))

    assert cache.get("a", load) is cache.get("a", load)
    assert load.calls == 1
