"""A report under review, served to one browser on this machine and to nobody else."""

from __future__ import annotations

import json
import re
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import TYPE_CHECKING, Any

from dechaff.errors import DechaffError
from dechaff_cli.corrections import Correction
from dechaff_cli.html import PAGE
from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from dechaff_cli.reviewing import Review

_LOOPBACK = "127.0.0.1"
_SHARD = re.compile(r"data/(?:files|changes)-\d{1,9}\.js")
_POLICY = "default-src 'none'; "
_META = '<meta charset="utf-8">'
_LONGEST = 1 << 17  # bytes of a request: a correction holds one line
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Serves a review on a random port, below a random path that only the reader's browser is told."""

    daemon_threads = True

    def __init__(self, review: Review, made: Callable[[], None] = lambda: None) -> None:
        """Begin to listen.

        Args:
            review: What is served.
            made: Called after every correction.
        """
        super().__init__((_LOOPBACK, 0), _Handler)
        self.review, self.made = review, made
        self.token = secrets.token_urlsafe(24)
        self.lock = Lock()

    @property
    def host(self) -> str:
        """Host and port, as an honest browser names them."""
        return f"{_LOOPBACK}:{self.server_port}"

    @property
    def address(self) -> str:
        """Where the report is."""
        return f"http://{self.host}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "dechaff", ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with the page or a shard."""
        name = self._asked()
        if name is None:
            return
        folder = self.server.review.folder
        try:
            if name == "":
                page = (folder / PAGE).read_text(encoding="utf-8")
                page = page.replace(_POLICY, f"{_POLICY}connect-src 'self'; ", 1)
                page = page.replace(_META, f'{_META}\n<meta name="dechaff-review" content="on">', 1)
                self._answer(HTTPStatus.OK, page.encode("utf-8"), "text/html; charset=utf-8")
            elif _SHARD.fullmatch(name):
                self._answer(HTTPStatus.OK, (folder / name).read_bytes(), "text/javascript; charset=utf-8")
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")
        except OSError as error:
            self._refuse(HTTPStatus.NOT_FOUND, str(error.strerror))

    def do_POST(self) -> None:
        """Answer what a correction would do, or make it."""
        name = self._asked()
        if name is None:
            return
        if self.headers.get("Origin") != f"http://{self.server.host}":
            self._refuse(HTTPStatus.FORBIDDEN, "corrections come from the report alone")
            return
        if self.headers.get("Content-Type") != "application/json" or name not in {"review/preview", "review/add"}:
            self._refuse(HTTPStatus.BAD_REQUEST, "no correction")
            return
        try:
            size = int(self.headers.get("Content-Length", ""))
            if not 0 < size <= _LONGEST:
                self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too long")
                return
            correction = Correction.from_record(json.loads(self.rfile.read(size)))
            with self.server.lock:
                answer = self._preview(correction) if name == "review/preview" else self._add(correction)
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST, "no correction")
        except DechaffError as error:
            self._refuse(HTTPStatus.CONFLICT, safe(str(error)))
        except OSError as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, safe(str(error.strerror)))
        else:
            self._tell(answer)

    def _preview(self, correction: Correction) -> dict[str, Any]:
        found = self.server.review.propose(correction)
        return {
            "toml": found.toml,
            "config": safe(found.config),
            "lines": found.lines,
            "files": len(found.paths),
            "faults": [safe(fault) for fault in found.faults],
        }

    def _add(self, correction: Correction) -> dict[str, Any]:
        changed, refused = self.server.review.apply([correction])
        self.server.made()
        if refused:
            raise DechaffError(refused[0][1])
        return {"changed": len(changed)}

    def _asked(self) -> str | None:
        """Return what is asked for below the secret path; whoever does not know it is refused, and so are pages of other sites."""
        token, below, name = self.path.split("?", 1)[0].removeprefix("/").partition("/")
        if self.headers.get("Host") != self.server.host:
            self._refuse(HTTPStatus.FORBIDDEN, "wrong host")
        elif self.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            self._refuse(HTTPStatus.FORBIDDEN, "asked from another site")
        elif not below or not secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode("ascii")):
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")
        else:
            return name
        return None

    def _tell(self, table: dict[str, Any]) -> None:
        self._answer(HTTPStatus.OK, json.dumps(table).encode("ascii"), "application/json")

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True
        self._answer(status, json.dumps({"error": why}).encode("ascii"), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class names it
        """Say nothing: what a request holds is not ours to print."""
