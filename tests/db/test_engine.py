"""What the engine gives to a server of many threads."""

from contextlib import ExitStack
from pathlib import Path

from app.db.engine import make_engine

THREADS = 60  # of a server forty, and those that work beside them


def test_sqlite__has_a_connection_for_each_that_asks(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'many.db'}")
    with ExitStack() as stack:
        connections = [stack.enter_context(engine.connect()) for _ in range(THREADS)]
        assert len({id(connection.connection.dbapi_connection) for connection in connections}) == THREADS
    engine.dispose()
