"""The application at a real address, for clients that open connections of their own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from app.headers import HTTP_PARSER


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Give the address of the application, at a free port; its lifespan is the test client's."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        server = uvicorn.Server(uvicorn.Config(app, http=HTTP_PARSER, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        server.should_exit = True
        thread.join()
