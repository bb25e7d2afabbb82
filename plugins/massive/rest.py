"""Massive's REST interface: pages of answers, the rate limit, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from daemon.errors import AccessError, BadDataError, MissingError, NightShiftError, TransientError
from daemon.plugin.retry import Pace
from daemon.plugin.web import Declined, Manners, Web
from plugins.massive.listing import NotInPlan
from plugins.massive.settings import Key

Document = Mapping[str, Any]
Found = TypeVar("Found")
MOST_PAGES: Final = 10_000
STATUS: Final = "/v1/marketstatus/now"
_FAILED: Final = {"ERROR": 400, "NOT_AUTHORIZED": 403, "NOT_FOUND": 404}
"""Statuses inside an answer, with the status of HTTP that they go with."""


class NotFound(MissingError):
    """The service knows no such thing."""


class Rest:
    """Asks the REST interface; may be used from threads."""

    def __init__(self, url: str, key: Key, manners: Manners, per_minute: float) -> None:
        self._key = key
        pace = Pace(per_minute, manners.waiting)
        self._web = Web(
            "massive",
            url,
            lambda: {"Authorization": f"Bearer {key.secret.reveal()}"},
            replace(manners, pace=pace),
        )

    def check_key(self) -> None:
        """AccessError where the service refuses the key; any other failure shows later."""
        try:
            self.answer(STATUS)
        except (MissingError, BadDataError, TransientError):
            return

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Document]:
        """Every page of an answer; `next_url` is asked for at the configured address only.

        Errors as of `answer`, and BadDataError for pages that lead in a circle.
        """
        seen = {path}
        page = self.document(path, query)
        while True:
            yield page
            following = page.get("next_url")
            if not following:
                return
            path = self._below(str(following))
            if path in seen or len(seen) >= MOST_PAGES:
                raise BadDataError(
                    f"massive, {path}: expected pages that come to an end, found one again after "
                    f"{len(seen)} of them; try again later"
                )
            seen.add(path)
            page = self.document(path)

    def document(self, path: str, query: Mapping[str, str] | None = None) -> Document:
        """An answer that is one document; errors as of `answer`."""
        found = self.answer(path, query)
        if not isinstance(found, dict):
            raise _unlike(path, "a document", found)
        return found

    def answer(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The answer of a path.

        AccessError for a refused key, NotInPlan for what the plan does not hold, NotFound,
        BadDataError for a question refused, TransientError where asking later may help.
        """
        try:
            found = self._web.get(path, query)
            status = found.get("status") if isinstance(found, dict) else None
            if isinstance(status, str) and status in _FAILED:
                raise Declined(_FAILED[status], self._web.quoted(found))
        except Declined as refusal:
            raise self._meaning(refusal, path) from refusal
        return found

    def _below(self, url: str) -> str:
        split = urlsplit(url)
        if not split.path.startswith("/"):
            raise _unlike(url, "the address of a page", split.path)
        return f"{split.path}?{split.query}" if split.query else split.path

    def _meaning(self, refusal: Declined, path: str) -> NightShiftError:
        if refusal.status == 401:
            return AccessError(
                f"massive refuses the key in {self._key.name} ({refusal}); put the REST key of "
                "the vendor's dashboard there"
            )
        if refusal.status == 403:
            return NotInPlan(
                f"massive, {path}: not in the plan ({refusal}); choose other kinds or dates, or a "
                "larger plan"
            )
        if refusal.status == 404:
            return NotFound(f"massive, {path}: no such thing ({refusal}); check the name")
        return BadDataError(
            f"massive, {path}: expected an answer, found {refusal}; mend the request"
        )


def results_of(page: Document, path: str) -> list[Document]:
    """The results of a page, none where it has none. BadDataError where they are no documents."""
    found = page.get("results") or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _unlike(path, "a list of results", found)
    return found


def read_as(path: str, found: object, read: Callable[[], Found]) -> Found:
    """What `read` makes of an answer. BadDataError where it has not its usual fields."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BadDataError(
            f"massive, {path}: expected its usual fields, found {str(found)[:120]} "
            f"({type(error).__name__}: {error}); try again later"
        ) from error


def _unlike(path: str, expected: str, found: object) -> BadDataError:
    return BadDataError(
        f"massive, {path}: expected {expected}, found {str(found)[:80]!r}; try again later"
    )
