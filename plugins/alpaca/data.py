"""Alpaca's market data over REST: pages of answers, the rate limit, and what refusals mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from daemon.errors import AccessError, BadDataError, MissingError
from daemon.plugin.host import Clock
from daemon.plugin.retry import Pace
from daemon.plugin.web import Declined, Manners, Web

KEY_NAMES: Final = ("ALPACA_API_KEY_ID", "ALPACA_KEY_ID", "ALPACA_PAPER_API_KEY")
SECRET_NAMES: Final = ("ALPACA_API_SECRET_KEY", "ALPACA_SECRET_KEY", "ALPACA_PAPER_SECRET_KEY")
_PAIR: Final = f"{KEY_NAMES[0]} and {SECRET_NAMES[0]}"
_FEED: Final = '`[alpaca] feed = "iex"`, a longer `sip_delay_minutes`, or a plan that has it'
MOST_PAGES: Final = 10_000


class AlpacaData:
    """Asks the market-data service; may be used from threads."""

    def __init__(
        self, url: str, keys: Mapping[str, str], clock: Clock, manners: Manners, per_minute: float
    ) -> None:
        """keys: the two headers that open the service, empty where the owner has none."""
        self._keys, self._clock = keys, clock
        self._pace = Pace(per_minute, manners.waiting)
        self._web = Web(
            "alpaca", url, lambda: keys, replace(manners, pace=self._pace), self._heed_limit
        )

    def check_keys(self) -> None:
        """MissingError where the owner has named no key."""
        if not self._keys:
            raise MissingError(
                f"alpaca: no key; set {_PAIR} in the environment or in a .env of mode 0600"
            )

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Every page of an answer.

        AccessError for a refused key, MissingError for what the plan does not hold, BadDataError
        for a question refused or pages that lead in a circle, TransientError where asking later
        may help.
        """
        token, seen = "", set[str]()
        while len(seen) < MOST_PAGES:
            page = self._page(path, {**query, **({"page_token": token} if token else {})})
            yield page
            token = page.get("next_page_token") or ""
            if not token:
                return
            if not isinstance(token, str) or token in seen:
                break
            seen.add(token)
        raise BadDataError(
            f"alpaca, {path}: expected pages that come to an end, found one again after "
            f"{len(seen)} of them; try again later"
        )

    def _page(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        self.check_keys()
        try:
            page = self._web.get(path, query)
        except Declined as refusal:
            raise _meaning(refusal, path) from refusal
        if not isinstance(page, dict):
            raise _unlike("a page", page)
        return page

    def _heed_limit(self, headers: Mapping[str, str]) -> None:
        try:
            limit, remaining, renewal = (
                int(headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "reset")
            )
        except (KeyError, ValueError):
            return
        left_s = _seconds_until(renewal, self._clock.now())
        self._pace.told(limit, remaining, left_s)


def members(page: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a page holds under a name, nothing where that is null. BadDataError for a list."""
    found = page.get(name) or {}
    if not isinstance(found, dict):
        raise _unlike(f"a table {name}", found)
    return found


def items(found: object) -> Sequence[Any]:
    """A list of a page, empty where it is null. BadDataError for anything else."""
    if found is not None and not isinstance(found, list):
        raise _unlike("a list", found)
    return found or ()


def _unlike(expected: str, found: object) -> BadDataError:
    return BadDataError(
        f"alpaca: expected {expected}, found {str(found)[:60]!r}; ingest again later"
    )


def _meaning(refusal: Declined, path: str) -> Exception:
    if refusal.status == 403 and "subscription" in refusal.said:
        return MissingError(f"alpaca: {refusal.said}; choose {_FEED}")
    if refusal.status in (401, 402, 403):
        return AccessError(
            f"alpaca refuses the key ({refusal}); set {_PAIR} to a pair that may read market data"
        )
    return BadDataError(f"alpaca, {path}: expected an answer, found {refusal}; mend the request")


def _seconds_until(epoch_s: int, now: datetime) -> float:
    """At most a minute, the length of the vendor's window: clocks differ."""
    return min(60.0, max(0.0, epoch_s - now.timestamp()))
