"""A connection that a test can cut and mend."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def breakable_connection(host: str, port: int) -> Iterator[tuple[int, threading.Event]]:
    """A port that leads to another one while an event is set; then it cuts its connections and makes no new ones."""
    connected = threading.Event()
    connected.set()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_forward_all, args=(server, (host, port), connected), daemon=True).start()
        yield server.getsockname()[1], connected


def _forward_all(server: socket.socket, target: tuple[str, int], connected: threading.Event) -> None:
    with suppress(OSError):
        while True:
            near, _ = server.accept()
            if not connected.is_set():
                near.close()
                continue
            far = socket.create_connection(target)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_forward, args=(source, sink, connected), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket, connected: threading.Event) -> None:
    source.settimeout(0.1)
    with suppress(OSError):
        while connected.is_set():
            with suppress(TimeoutError):
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
    source.close()
    sink.close()
