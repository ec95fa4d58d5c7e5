"""Serve a built site as a plain static host would: right MIME types, index.html for folders, 404.html for misses.

Used by the tests and by the audit; `make serve` uses MkDocs' own server, which reloads.
"""
from __future__ import annotations

import gzip
import mimetypes
import sys
import threading
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Named here because the system's table may lack them or call JavaScript something that a module loader refuses.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
COMPRESSED = {".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".svg", ".xml", ".txt"}


def media_type(path: Path) -> str:
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class StaticServer:
    """A server on 127.0.0.1 in a thread of its own.

    Args:
        folder: The built site; may be set later, before the first request.
        prefix: Path below which the site lies, "/" or "/some/project/".
        compress: Send text with gzip to clients that take it, as most hosts do.
        port: 0 takes a free one.

    Attributes:
        reachable: False makes the server drop every connection without an answer, like a network that is gone.
        requests: Paths asked for so far.
    """

    def __init__(self, folder: Path | None = None, prefix: str = "/", compress: bool = False, port: int = 0):
        self.folder = folder
        self.prefix = prefix
        self.compress = compress
        self.reachable = True
        self.requests: list[str] = []
        owner = self

        class Handler(_Handler):
            server_owner = owner

        self._http = _Quiet(("127.0.0.1", port), Handler)
        self.origin = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.url = self.origin + prefix
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> StaticServer:
        return self

    def __exit__(self, *_unused) -> None:
        self.close()

    def find(self, url_path: str) -> tuple[HTTPStatus, Path | None, str | None]:
        """Status, file and redirect target for a path of the address."""
        path = unquote(url_path)
        if self.folder is None or not path.startswith(self.prefix):
            return HTTPStatus.NOT_FOUND, None, None
        folder = self.folder.resolve()
        target = (folder / path[len(self.prefix) :]).resolve()
        if target != folder and folder not in target.parents:
            return HTTPStatus.NOT_FOUND, None, None
        if target.is_dir():
            if not path.endswith("/"):
                return HTTPStatus.MOVED_PERMANENTLY, None, url_path + "/"
            target = target / "index.html"
        if target.is_file():
            return HTTPStatus.OK, target, None
        miss = folder / "404.html"
        return HTTPStatus.NOT_FOUND, miss if miss.is_file() else None, None


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    # A browser opens many connections at once; the default of 5 waiting ones refuses some of them.
    request_queue_size = 128

    def handle_error(self, request, client_address) -> None:
        # A browser that is closed drops its connections; that is no error of the server.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_owner: StaticServer

    def do_GET(self, body: bool = True) -> None:
        owner = self.server_owner
        if not owner.reachable:
            self.close_connection = True
            return
        path = urlsplit(self.path).path
        owner.requests.append(path)
        status, file, redirect = owner.find(path)
        if redirect:
            self.send_response(status)
            self.send_header("Location", redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = file.read_bytes() if file else b"not found\n"
        self.send_response(status)
        self.send_header("Content-Type", media_type(file) if file else "text/plain; charset=utf-8")
        # Hosts of static sites let browsers keep files for minutes; the tests must see each build at once.
        self.send_header("Cache-Control", "no-cache" if not owner.compress else "max-age=600")
        if file and owner.compress and file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = _gzipped(str(file), file.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def do_HEAD(self) -> None:
        self.do_GET(body=False)

    def log_message(self, format: str, *args) -> None:
        pass


@lru_cache(maxsize=512)
def _gzipped(path: str, _changed: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9)
