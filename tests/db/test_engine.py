"""What the engine gives to a server of many threads."""

from contextlib import ExitStack
from pathlib import Path

from app.db.engine import make_engine

THREADS = 40  # of a server, and two connections each: who signs in looks oneself up first


def test_sqlite__has_a_connection_for_each_that_asks(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'many.db'}")
    with ExitStack() as stack:
        connections = [stack.enter_context(engine.connect()) for _ in range(2 * THREADS)]
        assert len({id(connection.connection.dbapi_connection) for connection in connections}) == 2 * THREADS
    engine.dispose()
