"""A hub on loopback for tests: as much of the Hugging Face Hub as fetching a checkpoint needs, and faults on demand."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Repositories by name, each a dictionary of files."""

    repositories: dict[str, dict[str, bytes]]
    address: str = ""
    gated: set[str] = field(default_factory=set)
    break_after: int | None = None
    """Close the connection after so many bytes of a safetensors file, once."""
    seconds_a_chunk: float = 0.0
    """How long a megabyte of a file takes."""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)


@contextmanager
def serve(repositories: dict[str, dict[str, bytes]]) -> Iterator[Hub]:
    """A hub that lives for a block."""
    hub = Hub(repositories)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = unquote(urlsplit(self.path).path).strip("/")
            hub.asked.append(f"{self.command} {path}")
            if path == "api/agent-harnesses":
                return self._json({"standardEnvVars": [], "harnesses": {}}, body)
            path = path.replace("api/datasets/", "api/models/").removeprefix("datasets/")
            parts = path.removeprefix("api/models/").split("/")
            name = "/".join(parts[:2])
            files = hub.repositories.get(name)
            if files is None:
                return self._error(404, "RepoNotFound", body)
            if name in hub.gated:
                return self._error(403, "GatedRepo", body)
            if path.startswith("api/models/"):
                if parts[2:3] == ["paths-info"]:
                    return self._json([], body)
                if len(parts) > 3 and parts[3] not in ("main", COMMIT, "714eb0f"):
                    return self._error(404, "RevisionNotFound", body)
                if len(parts) > 2 and parts[2] == "tree":
                    tree = [
                        {"type": "file", "path": file, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                        for file, data in files.items()
                    ]
                    return self._json(tree, body)
                listed = [{"rfilename": file, "size": len(data)} for file, data in files.items()]
                return self._json(
                    {"id": name, "modelId": name, "sha": COMMIT, "siblings": listed, "private": False}, body
                )
            data = files.get("/".join(parts[4:]))
            if data is None:
                return self._error(404, "EntryNotFound", body)
            return self._file(data, body)

        def _json(self, value: object, body: bool) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if body:
                self.wfile.write(data)

        def _error(self, status: int, code: str, body: bool) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _file(self, data: bytes, body: bool) -> None:
            first = 0
            if wanted := self.headers.get("Range", ""):
                hub.ranges.append(wanted)
                first = int(wanted.removeprefix("bytes=").split("-")[0])
            self.send_response(206 if first else 200)
            self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            if first:
                self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - first))
            self.end_headers()
            if not body:
                return
            if hub.break_after is not None and len(data) > hub.break_after:
                cut, hub.break_after = hub.break_after, None
                self.wfile.write(data[first : first + cut])
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()
                return
            for at in range(first, len(data), 1_000_000):
                try:
                    self.wfile.write(data[at : at + 1_000_000])
                except OSError:
                    return  # the other side has had enough
                time.sleep(hub.seconds_a_chunk)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def serve_files(folder: Path) -> Iterator[str]:
    """A plain web server on loopback for the files of a folder; gives its address."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def serve_until_it_dies(data: bytes) -> Iterator[tuple[str, Callable[[], None]]]:
    """A web server with one file and ranges of it; gives its address, and what makes it hang up from then on."""

    class Handler(BaseHTTPRequestHandler):
        dead = False

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._head(0, len(data), 200)

        def _head(self, first: int, last: int, status: int) -> None:
            self.send_response(status)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first))
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last - 1}/{len(data)}")
            self.end_headers()

        def do_GET(self) -> None:
            if Handler.dead:
                self.connection.close()
                return
            asked = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
            first = int(asked[0] or 0)
            last = min(len(data), int(asked[2]) + 1 if asked[2] else len(data))
            self._head(first, last, 206 if asked[0] else 200)
            self.wfile.write(data[first:last])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lambda: setattr(Handler, "dead", True)
    finally:
        server.shutdown()
        server.server_close()
