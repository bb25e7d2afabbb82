"""A session on Tradovate's market-data socket: opened, authorised, asked, and kept alive.

Of one thread only: waiting for the server and the heartbeats that it wants share one loop. What
breaks the line is `TryAgain`; then the session is over and the next try opens another.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from daemon.errors import AccessError, MissingError
from daemon.plugin import Secret
from daemon.plugin.retry import TryAgain, Waiting
from daemon.plugin.web import is_loopback, quoted
from plugins.tradovate.frames import HEARTBEAT, Frame, Item, read_frame, request
from plugins.tradovate.penalty import with_tickets

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_MUTE: Final = logging.Logger("tradovate", logging.CRITICAL)
"""The socket's library writes every frame to its log, and one of them holds the token."""
LARGEST_FRAME: Final = 1 << 24
_GONE: Final = frozenset({408, 425, 429})
_REFUSED: Final = frozenset({401, 402, 403})


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: between our heartbeats; of silence; until an answer or the end of a chart comes."""

    heartbeat_s: float = 2.5
    silence_s: float = 15.0
    answer_s: float = 120.0
    open_s: float = 10.0


class TokenRefused(TryAgain):
    """The socket did not take the token."""


@contextmanager
def session(url: str, token: Secret, waiting: Waiting, patience: Patience) -> Iterator[Session]:
    """An authorised session, closed at the end. TokenRefused, or TryAgain."""
    import websockets  # as heavy as the rest of this plugin, and only for those who ask
    from websockets.sync.client import connect

    proxy: Literal[True] | None = None if is_loopback(url) else True
    try:
        with connect(
            url,
            open_timeout=patience.open_s,
            close_timeout=1,
            max_size=LARGEST_FRAME,
            proxy=proxy,
            logger=_MUTE,
        ) as line:
            opened = Session(line, token, waiting, patience)
            opened.authorise()
            yield opened
    except websockets.InvalidStatus as error:
        status = error.response.status_code
        if status in _REFUSED:
            raise TokenRefused(
                f"tradovate: the socket refuses the token with status {status}; try again later"
            ) from error
        raise _broken(f"status {status}") from error
    except websockets.ConnectionClosed as error:
        raise _broken("a closed connection") from error
    except (websockets.WebSocketException, OSError, EOFError) as error:
        raise _broken(f"a broken connection ({type(error).__name__})") from error


class Session:
    """Requests and events on one open line."""

    def __init__(
        self, line: ClientConnection, token: Secret, waiting: Waiting, patience: Patience
    ) -> None:
        self._line, self._token, self._waiting, self._patience = line, token, waiting, patience
        self._number = 0
        self._events: deque[Item] = deque()
        self._beat = waiting.monotonic() + patience.heartbeat_s

    def authorise(self) -> None:
        """Waits for the open frame and shows the token."""
        end = self._waiting.monotonic() + self._patience.open_s
        if self._frame(end).kind != "o":
            raise _broken("no open frame")
        answer = self._answer(self._send("authorize", self._token.reveal()))
        if answer.get("s") in _REFUSED:
            raise TokenRefused("tradovate: the socket refuses the token; try again later")
        self._content(answer, "authorize")

    def ask(self, endpoint: str, body: Mapping[str, Any]) -> Any:
        """What an endpoint answers.

        AccessError for what the login may not see, MissingError for what there is not.
        """
        return with_tickets(
            lambda asked: self._content(self._answer(self._send(endpoint, asked)), endpoint),
            body,
            self._waiting,
        )

    def tell(self, endpoint: str, body: Mapping[str, Any]) -> None:
        """Sends a request whose answer nobody waits for."""
        self._send(endpoint, body)

    def events(self, name: str) -> Iterator[Any]:
        """The contents of events of a name, as long as they come in time."""
        end = self._waiting.monotonic() + self._patience.answer_s
        while True:
            while self._events:
                event = self._events.popleft()
                if event["e"] == name:
                    yield event.get("d")
            self._sort(self._frame(end))

    def _send(self, endpoint: str, body: Item | str) -> int:
        self._number += 1
        self._line.send(request(endpoint, self._number, body))
        return self._number

    def _answer(self, number: int) -> Item:
        end = self._waiting.monotonic() + self._patience.answer_s
        while True:
            for item in self._sort(self._frame(end)):
                if item.get("i") == number:
                    return item

    def _sort(self, frame: Frame) -> list[Item]:
        """Keeps the events of a frame for later; its answers."""
        self._events.extend(item for item in frame.items if "e" in item)
        return [item for item in frame.items if "e" not in item]

    def _frame(self, end: float) -> Frame:
        """The next frame that is no heartbeat; sends ours meanwhile. TryAgain after `end`."""
        monotonic = self._waiting.monotonic
        silent = monotonic() + self._patience.silence_s
        while True:
            now = monotonic()
            if now >= end or now >= silent:
                raise _broken("silence" if now >= silent else "nothing but heartbeats")
            if now >= self._beat:
                self._line.send(HEARTBEAT)
                self._beat = now + self._patience.heartbeat_s
            try:
                text = self._line.recv(timeout=min(self._beat, end, silent) - now)
            except TimeoutError:
                continue
            frame = read_frame(text)
            if frame.kind == "c":
                raise _broken(f"a closed session ({self._quoted(frame.reason)})")
            if frame.kind != "h":
                return frame
            silent = monotonic() + self._patience.silence_s

    def _content(self, answer: Item, endpoint: str) -> Any:
        """The content of an answer, where it is one."""
        status, content = answer.get("s"), answer.get("d")
        text = content.get("errorText") if isinstance(content, dict) else None
        if status == 200 and not text:
            return content
        said = self._quoted(str(text or content or ""))
        if status in _REFUSED:
            raise AccessError(
                f"tradovate, {endpoint}: status {status} ({said}); the login needs API access and "
                "the exchange's market data for API use"
            )
        if status in _GONE or (isinstance(status, int) and status >= 500):
            raise _broken(f"status {status} at {endpoint}")
        raise MissingError(
            f"tradovate, {endpoint}: expected an answer, found status {status} ({said}); "
            "check the name of the contract"
        )

    def _quoted(self, text: str) -> str:
        return quoted(text, [self._token.reveal()])


def _broken(found: str) -> TryAgain:
    return TryAgain(f"tradovate, market data: expected an answer, found {found}; try again later")
