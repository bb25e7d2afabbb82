"""The source "massive": flat files where the vendor has them, REST for the days since.

    flat/us_stocks_sip/minute_aggs_v1/2026/11/2026-11-18.csv.gz     one day, every ticker
    rest/minute/2026-11-20                                          one day, the symbols asked for
    chain/option_chains/SPY/2026-11-20                              an underlying's contracts now

All are raw prices. A day that came by REST has a part of its own name once its flat file is
there, and the lake believes the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Final

from daemon.domain.market.kinds import ACTION_KINDS, LISTINGS
from daemon.domain.market.present import Holiday, MarketStatus, Quote
from daemon.errors import BadDataError, MissingError, UsageError
from daemon.plugin.flatfiles.layout import PREFIXES
from daemon.plugin.flatfiles.rows import rows_of
from daemon.plugin.host import Clock
from daemon.plugin.roles import ActionRow, Batch, ListingRow, Part, Request
from plugins.massive.aggregates import day_bars, minute_bars
from plugins.massive.chains import CHAIN, CHAIN_KINDS, chain_parts, snapshot
from plugins.massive.connection import Connection
from plugins.massive.days import Now, days_of_rest
from plugins.massive.download import forget
from plugins.massive.listing import Listed, NotInPlan
from plugins.massive.plan import included
from plugins.massive.reference import actions, holidays, last_quote, listings, market_status

FLAT: Final = "flat"
REST: Final = "rest"
REFUSED: Final = "refused"
BY_REST: Final = ("minute", "day")


class MassiveSource:
    """Bars, ticks, chains, splits, dividends, listings; may be asked from threads."""

    name = "massive"
    kinds = (*PREFIXES, *CHAIN_KINDS, *ACTION_KINDS, LISTINGS)

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._settings = connection.settings
        self._connection = connection
        self._clock = clock

    def unready(self) -> str:
        """What it lacks before it can be asked anything."""
        try:
            self._connection.expect_a_key()
        except MissingError as error:
            return str(error)
        return ""

    def parts(self, request: Request) -> Sequence[Part]:
        """The day files of the plan, then the days since the newest of them.

        Without S3 keys every day comes by REST; without a REST key the newest days are left out,
        and so are the newest minutes of requests that name no symbols. MissingError where there
        is no key at all, AccessError where one is refused.
        """
        if request.kind in CHAIN_KINDS:
            self._connection.rest.check_key()
            return chain_parts(request, Now(self._clock.now()))
        if request.kind not in PREFIXES:
            raise UsageError(f"massive has no parts of {request.kind!r}; ask it for its actions")
        self._connection.expect_a_key()
        self._connection.clear_leftovers()
        files, stand_in = self._files(request)
        days = self._rest_days(request, files[-1].day if files else None)
        if days:
            self._connection.rest.check_key()
        now = Now(self._clock.now())
        by_rest = [
            Part(f"{REST}/{request.kind}/{day}", day, now.stamp(day), asked=True) for day in days
        ]
        return [
            *(stand_in if not by_rest or request.start else ()),
            *(Part(f"{FLAT}/{file.key}", file.day, file.stamp) for file in files),
            *by_rest,
        ]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """Each symbol's rows of a day; BadDataError at the end for each that was left out."""
        way, _, rest = part.key.partition("/")
        if way == REFUSED:
            raise NotInPlan(
                f"massive: {PREFIXES[request.kind]} {rest} is not in the plan; choose other kinds "
                "or dates, or a larger plan"
            )
        if way == CHAIN:
            return snapshot(self._connection.rest, part, request, self._clock.now)
        if way == FLAT:
            return self._flat(_listed(part), request)
        return self._by_rest(date.fromisoformat(rest.rpartition("/")[2]), request)

    def actions(self, request: Request) -> Iterator[ActionRow]:
        """Splits or dividends, those announced included; by REST, so its key is needed."""
        self._connection.expect_a_key()
        return actions(self._connection.rest, request)

    def listings(self, request: Request) -> Iterator[ListingRow]:
        """When the symbols asked for were listed and delisted; by REST."""
        self._connection.expect_a_key()
        return listings(self._connection.rest, request)

    def market_status(self) -> MarketStatus:
        """Whether the market is open at this moment. MissingError without a key of REST."""
        return market_status(self._connection.rest)

    def holidays(self) -> Sequence[Holiday]:
        """The closed days and half days to come. MissingError without a key of REST."""
        return holidays(self._connection.rest)

    def last_quote(self, symbol: str) -> Quote:
        """The last quote of a symbol. MissingError without a key of REST, or for no such symbol."""
        return last_quote(self._connection.rest, symbol)

    def fetching(
        self, parts: Sequence[Part], request: Request, told: Callable[[int, int], None]
    ) -> AbstractContextManager[None]:
        """Fetches the day files among the parts ahead of `rows`, several at once."""
        files = [_listed(part) for part in parts if part.key.startswith(f"{FLAT}/")]
        return self._connection.files.fetching(files, told) if files else nullcontext()

    def _files(self, request: Request) -> tuple[Sequence[Listed], Sequence[Part]]:
        """The files of the plan, and a part that says so where the plan lacks some asked for."""
        if not self._connection.has_files:
            return (), ()
        bucket = self._connection.bucket
        listed = bucket.listed(request.kind, request.start, request.end)
        files = included(listed, bucket.looked_up)
        refused = listed[: len(listed) - len(files)]
        if not refused or (files and not request.start):
            return files, ()
        days = f"{refused[0].day} to {refused[-1].day}"
        return files, (Part(f"{REFUSED}/{days}", refused[-1].day, "refused"),)

    def _rest_days(self, request: Request, newest: date | None) -> Sequence[date]:
        nameless = request.kind == "minute" and not request.symbols
        if not self._connection.has_rest or nameless or request.kind not in BY_REST:
            return ()
        now = Now(self._clock.now())
        return days_of_rest(request, newest, now, self._settings.rest_days)

    def _flat(self, file: Listed, request: Request) -> Iterator[Batch]:
        origin = f"massive:{FLAT}/{PREFIXES[request.kind]}"
        needed = self._settings.keep_files
        with self._connection.files.file(file) as path:
            try:
                yield from rows_of(path, request.kind, request.symbols, origin)
            except BadDataError:
                needed = False
                raise
            finally:
                if not needed:
                    forget(path)

    def _by_rest(self, day: date, request: Request) -> Iterator[Batch]:
        rest = self._connection.rest
        if request.kind == "day":
            return day_bars(rest, request.symbols, day)
        return minute_bars(rest, request.symbols, day, Now(self._clock.now()))


def _listed(part: Part) -> Listed:
    """The file of a part."""
    etag, _, size = part.stamp.rpartition("-")
    assert part.day is not None
    return Listed(part.key.removeprefix(f"{FLAT}/"), part.day, int(size), etag)
