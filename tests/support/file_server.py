"""A loopback HTTP server for tests: files of the repository, or answers made up by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).parents[2]
_TYPES = {".js": "text/javascript", ".json": "application/json", ".html": "text/html; charset=utf-8"}

Answer = tuple[str, bytes]
"""A media type and a body."""


@contextmanager
def serving(answers: Mapping[str, Answer | Callable[[], Answer]], *, files: bool = False) -> Iterator[str]:
    """Serve these paths, and the repository's files if asked for; gives the origin, ``http://localhost:port``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            found = answers.get(path)
            if found is not None:
                media, body = found() if callable(found) else found
            elif files and (ROOT / path[1:]).resolve().is_file() and (ROOT / path[1:]).resolve().is_relative_to(ROOT):
                media, body = _TYPES.get(Path(path).suffix, "application/octet-stream"), (ROOT / path[1:]).read_bytes()
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
