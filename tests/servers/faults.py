"""A small HTTP server on loopback whose answers can be made to fail, by path and count.

    with FaultyServer(lambda asked: json_answer({"results": []})) as server:
        server.fail("/v2/aggs", Fault("status", status=429, retry_after="2"), times=2)
        client(server.url)
        assert len(server.asked) == 3

The answering function is the vendor's protocol and knows of no faults. A server of one vendor is
a function or a class with `__call__(asked) -> Answer`, in a module beside this one.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.answers import Answer, Asked, Fault, changed, json_answer

__all__ = ["Answer", "Asked", "Fault", "FaultyServer", "json_answer"]
_POLL_S = 0.005


@dataclass(slots=True)
class _Switch:
    pattern: re.Pattern[str]
    fault: Fault
    left: int | None
    methods: frozenset[str]


class FaultyServer:
    """Serves `answer` on 127.0.0.1 at a free port while it is a context; see the module's text.

    asked: every request so far, in order. failed: how many of them a switch hit. problems: what
    the answering function raised; leaving the context raises the first of them.
    """

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        self.failed = 0
        self.problems: list[Exception] = []
        self._answer = answer
        self._switches: list[_Switch] = []
        self._lock = Lock()
        self._port = Lock()
        self._closing = Event()
        self._open: set[socket.socket] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self), True)
        self._address = self._server.server_address[:2]
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"http://127.0.0.1:{self._address[1]}"

    def fail(
        self, pattern: str, fault: Fault, times: int | None = 1, methods: str = "GET POST"
    ) -> None:
        """The next `times` (None: all) requests whose target matches the expression fail."""
        switch = _Switch(re.compile(pattern), fault, times, frozenset(methods.split()))
        with self._lock:
            self._switches.append(switch)

    def heal(self) -> None:
        """Takes every switch back."""
        with self._lock:
            self._switches.clear()
        self.open_port()

    @property
    def is_closed(self) -> bool:
        """True while connections are refused."""
        return self._thread is None

    def close_port(self) -> None:
        """From now on connections are refused, and those that were open end."""
        with self._port:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._server.shutdown()
                thread.join()
                self._server.server_close()
        with self._lock:
            still = list(self._open)
        for connection in still:
            _end(connection)

    def open_port(self) -> None:
        """Answers again, at the address it had."""
        with self._port:
            if self._thread is not None:
                return
            self._server = ThreadingHTTPServer(self._address, _handler(self), True)
            self._listen()

    def _listen(self) -> None:
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True)
        self._thread.start()

    def count(self, pattern: str = "", method: str = "GET") -> int:
        """How many requests so far match."""
        return sum(a.method == method and bool(re.search(pattern, a.target)) for a in self.asked)

    def answer(self, asked: Asked) -> tuple[Answer, Fault | None]:
        """The right answer, and what is to be done to it."""
        with self._lock:
            self.asked.append(asked)
            fault = self._next_fault(asked)
        if fault is not None and fault.kind in ("status", "refuse", "closed"):
            return Answer(), fault
        try:
            return self._answer(asked), fault
        except Exception as error:
            self.problems.append(error)
            return Answer(500, {}, repr(error).encode()), None

    def wait(self, seconds: float) -> bool:
        """True if the server is closing, at once or within so many seconds."""
        return self._closing.wait(seconds)

    def opened(self, connection: socket.socket) -> None:
        """Remembers a connection, to end it when the server ends."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forgets a connection that ended by itself."""
        with self._lock:
            self._open.discard(connection)

    def _next_fault(self, asked: Asked) -> Fault | None:
        for switch in self._switches:
            hit = asked.method in switch.methods and switch.pattern.search(asked.target)
            if hit and switch.left != 0:
                if switch.left is not None:
                    switch.left -= 1
                self.failed += 1
                return switch.fault
        return None

    def __enter__(self) -> FaultyServer:
        self._listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self.close_port()
        if self.problems and error is None:
            raise self.problems[0]


def _handler(server: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def setup(self) -> None:
            server.opened(self.request)
            super().setup()

        def finish(self) -> None:
            with suppress(ConnectionError):  # the client has gone: nothing is left to send
                super().finish()
            server.closed(self.request)

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                self.close_connection = True  # the client, or the end of the server, cut it

        def log_message(self, format: str, *args: Any) -> None:
            """Tests look at `asked` instead."""

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            split = urlsplit(self.path)
            asked = Asked(
                method=self.command,
                target=self.path,
                path=split.path,
                query=dict(parse_qsl(split.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            answer, fault = server.answer(asked)
            if fault is not None and fault.kind == "closed":
                server.close_port()
            if fault is not None and fault.kind in ("refuse", "closed"):
                self.close_connection = True
                _end(self.connection)
                return
            self._send(changed(answer, fault), fault)

        def _send(self, answer: Answer, fault: Fault | None) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in {name.lower() for name in answer.headers}:
                self.send_header("Content-Length", str(len(answer.body)))
            if fault is not None and fault.kind == "head":
                self._drip_headers(fault)
            self.end_headers()
            if self.command != "HEAD":
                self._send_body(answer.body, fault)

        def _drip_headers(self, fault: Fault) -> None:
            for number in range(fault.pieces):
                self.send_header(f"X-Slow-{number}", "x")
                self.flush_headers()
                if server.wait(fault.seconds):
                    return

        def _send_body(self, body: bytes, fault: Fault | None) -> None:
            if fault is not None and fault.kind in ("cut", "stall"):
                self.wfile.write(body[: int(len(body) * fault.share)])
                if fault.kind == "stall":
                    server.wait(fault.seconds)
                self.close_connection = True
                _end(self.connection)
            elif fault is not None and fault.kind == "drip":
                step = max(1, -(-len(body) // fault.pieces))
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    if server.wait(fault.seconds):
                        return
            else:
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815 (the base's names)

    return Handler


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended already
        connection.shutdown(socket.SHUT_RDWR)
