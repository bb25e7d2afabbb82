"""JSON from a vendor over HTTP: one thin client, with a time limit on every call.

Told apart here, once for all vendors: what another try may cure (a lost connection, silence, an
answer that drips in too slowly, 408, 425, 429, 5xx, text that is no JSON) is tried again as the
policy says, 429 and 503 not before their `retry-after`; every other status is `Declined`, and the
plugin says in its own words what it means. No text made here shows a secret: a vendor may
repeat a key in its refusal.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from daemon.errors import NightShiftError
from daemon.plugin.deadline import Deadline
from daemon.plugin.retry import Pace, RetryPolicy, TryAgain, Waiting, retried, retry_after_s

if TYPE_CHECKING:
    import httpx

_CURABLE: Final = frozenset({408, 425, 429})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_QUOTE: Final = 200
_SPOKEN: Final = ("message", "error", "errorText", "detail")


def is_loopback(url: str) -> bool:
    """True for an address of this machine, which no proxy leads to."""
    return urlsplit(url).hostname in _LOOPBACK


class Declined(NightShiftError):
    """An answer that no other try would change: its status, and what the vendor said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"status {status}" + (f" ({said})" if said else ""))
        self.status, self.said = status, said


@dataclass(frozen=True, slots=True)
class Limits:
    """connect_s, silence_s: longest waits for a connection and for the next bytes of an answer;
    call_s: for the whole of it; most_bytes: its size."""

    connect_s: float = 10.0
    silence_s: float = 30.0
    call_s: float = 120.0
    most_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Manners:
    """How a vendor is asked: how often again, how fast at most, and for how long at most."""

    policy: RetryPolicy = field(default_factory=RetryPolicy)
    waiting: Waiting = field(default_factory=Waiting)
    limits: Limits = field(default_factory=Limits)
    pace: Pace | None = None


class Web:
    """Asks one vendor; may be used from threads."""

    def __init__(
        self,
        vendor: str,
        base_url: str,
        secrets: Callable[[], Mapping[str, str]],
        manners: Manners | None = None,
        seen: Callable[[Mapping[str, str]], None] | None = None,
    ) -> None:
        """secrets: headers for each call, made anew each time; seen: told an answer's headers."""
        self._vendor, self._base_url, self._secrets = vendor, base_url.rstrip("/"), secrets
        self._manners = manners or Manners()
        self._seen = seen
        self._deadline = Deadline(self._manners.waiting.monotonic)
        self._lock = Lock()
        self._client: httpx.Client | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The document at a path below the base URL.

        Declined for a refusal; TryAgain (a TransientError) once tries or time are used up.
        """
        return self._asked("GET", path, query=query)

    def post(self, path: str, document: Mapping[str, Any]) -> Any:
        """The answer to a document, as `get`. For calls that may be repeated without harm only."""
        return self._asked("POST", path, document=document)

    def quoted(self, document: Any) -> str:
        """What a vendor says in an answer: one printable line without the secrets."""
        return _said(document, self._secrets())

    def _asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> Any:
        def once() -> Any:
            if self._manners.pace is not None:
                self._manners.pace.wait()
            secrets = self._secrets()
            request = self._opened().build_request(
                method, self._base_url + path, params=query, json=document, headers=secrets
            )
            with self._deadline.within(self._manners.limits.call_s):
                answer, content = self._answered(request, path)
            if self._seen is not None:
                self._seen(answer.headers)
            return self._document(answer, content, path, secrets)

        return retried(once, self._manners.policy, self._manners.waiting)

    def _answered(self, request: httpx.Request, path: str) -> tuple[httpx.Response, bytes]:
        import httpx  # as in _opened

        limits, content = self._manners.limits, bytearray()
        try:
            answer = self._opened().send(request, stream=True)
            try:
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > limits.most_bytes:
                        raise TryAgain(self._sentence(path, f"no end after {len(content)} bytes"))
            finally:
                answer.close()
        except httpx.TimeoutException as error:
            over = f"no end after {limits.call_s:g} seconds"
            found = over if self._deadline.is_over else "silence"
            raise TryAgain(self._sentence(path, found)) from error
        except httpx.RequestError as error:
            broken = f"a broken connection ({type(error).__name__})"
            raise TryAgain(self._sentence(path, broken)) from error
        return answer, bytes(content)

    def _document(
        self, answer: httpx.Response, content: bytes, path: str, secrets: Mapping[str, str]
    ) -> Any:
        status = answer.status_code
        if status in _CURABLE or status >= 500:
            least = retry_after_s(answer.headers.get("retry-after"), datetime.now(UTC))
            raise TryAgain(self._sentence(path, f"status {status}"), least)
        document = _parsed(content)
        if not 200 <= status < 300:
            raise Declined(status, _said(document, secrets))
        if document is None:
            raise TryAgain(self._sentence(path, f"{len(content)} bytes that are no JSON"))
        return document

    def _sentence(self, path: str, found: str) -> str:
        host = urlsplit(self._base_url).netloc
        return f"{self._vendor}, {host}{path}: expected an answer, found {found}; try again later"

    def _opened(self) -> httpx.Client:
        import httpx  # a tenth of a second that only those who ask a vendor pay

        from daemon.plugin.lines import bound

        with self._lock:
            if self._client is None:
                limits, address = self._manners.limits, urlsplit(self._base_url)
                self._client = httpx.Client(
                    timeout=httpx.Timeout(limits.silence_s, connect=limits.connect_s),
                    trust_env=not is_loopback(self._base_url),
                    verify=address.scheme == "https",  # loading certificates takes its time
                )
                bound(self._client, self._deadline)
                weakref.finalize(self, self._client.close)
            return self._client


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _said(document: Any, secrets: Mapping[str, str]) -> str:
    spoken = document if isinstance(document, dict) else {}
    text = next((str(spoken[name]) for name in _SPOKEN if spoken.get(name)), "")
    words = [word for value in secrets.values() for word in (value, value.rpartition(" ")[2])]
    return quoted(text, words)


def quoted(text: str, secrets: Iterable[str]) -> str:
    """A vendor's words as one printable line, not too long and without the secrets."""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_QUOTE].strip(" .")
