"""The source "tradovate": minute bars of futures contracts from chart requests.

Contracts are named as the vendor names them: ESZ6 is the December contract of a year that ends in
6. A part is one contract and one of the lake's days, 04:00 UTC to 04:00 UTC; it is final five
minutes after its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from daemon.domain.market.contracts import is_future
from daemon.errors import BadDataError, MissingError
from daemon.plugin.host import Clock
from daemon.plugin.retry import RetryPolicy, TryAgain, Waiting, retried
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from plugins.tradovate.charts import (
    Minutes,
    Packet,
    between,
    minutes_of_bars,
    minutes_of_ticks,
    refuse_broken,
)
from plugins.tradovate.session import Patience, Session, TokenRefused, session
from plugins.tradovate.settings import TradovateSettings
from plugins.tradovate.tokens import Tokens

_DAY_BEGINS: Final = time(4, 0, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_SETTLING: Final = timedelta(seconds=5)
_FINAL: Final = timedelta(minutes=5)
_SATURDAY: Final = 5
_UNDERLYING: Final = {"bars": "MinuteBar", "ticks": "Tick"}


class TradovateSource:
    """Minute bars of the contracts asked for; it lists none by itself."""

    name = "tradovate"
    kinds = ("minute",)

    def __init__(
        self,
        settings: TradovateSettings,
        tokens: Tokens,
        clock: Clock,
        manners: tuple[RetryPolicy, Waiting, Patience],
    ) -> None:
        self._settings, self._tokens, self._clock = settings, tokens, clock
        self._policy, self._waiting, self._patience = manners

    def unready(self) -> str:
        """What it lacks before it can be asked anything."""
        try:
            self._tokens.check_secrets()
        except MissingError as error:
            return str(error)
        return ""

    def parts(self, request: Request) -> Sequence[Part]:
        """Each contract's days, oldest first; names that are no contract's have none."""
        self._tokens.check_secrets()
        contracts = sorted(s for s in set(request.symbols) if is_future(s))
        now = self._clock.now()
        today = (now - timedelta(hours=4)).astimezone(UTC).date()
        start = request.start or today - timedelta(days=self._settings.days)
        end = min(request.end or today, today)
        days = [date.fromordinal(n) for n in range(start.toordinal(), end.toordinal() + 1)]
        how = self._settings.minutes_from
        return [
            Part(f"{contract}/{how}/{day}", day, _stamp(day, now), asked=True)
            for day in days
            if day.weekday() != _SATURDAY and _known_until(day, now) > _begin(day)
            for contract in contracts
        ]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """One batch of a contract's day.

        BadDataError where its numbers are broken, MissingError where the vendor has no such
        contract, AccessError for a refused login, TransientError where asking later may help.
        """
        contract, how, text = part.key.split("/")
        day = date.fromisoformat(text)
        packets = retried(lambda: self._packets(contract, how, day), self._policy, self._waiting)
        made = minutes_of_ticks if how == "ticks" else minutes_of_bars
        minutes: Minutes = made(contract, packets)
        rows, trades = between(minutes, _begin(day), _known_until(day, self._clock.now()))
        refuse_broken(contract, rows)
        if len(rows):
            yield Batch.of_bars(contract, rows, trades, f"tradovate {how}")

    def actions(self, request: Request) -> Sequence[ActionRow]:
        """None: futures neither split nor pay."""
        return ()

    def _packets(self, contract: str, how: str, day: date) -> list[Packet]:
        token = self._tokens.current()
        try:
            with session(
                self._settings.market_data_url, token.market_data, self._waiting, self._patience
            ) as opened:
                self._tokens.taken()
                return _history(opened, _chart(contract, how, day), contract)
        except TokenRefused:
            self._tokens.refused(token)
            raise


def _history(opened: Session, chart: Mapping[str, Any], contract: str) -> list[Packet]:
    """Every packet of a chart up to the end of its history."""
    answer = opened.ask("md/getChart", chart)
    names = ("historicalId", "realtimeId", "subscriptionId")
    found = answer if isinstance(answer, dict) else {}
    ids = [found[name] for name in names if isinstance(found.get(name), int)]
    if not ids:
        raise TryAgain(
            f"tradovate, {contract}: expected the number of a chart, found none; try again later"
        )
    packets: list[Packet] = []
    for event in opened.events("chart"):
        packets += [one for one in _packets_of(event, contract) if one.get("id") in ids]
        if any(packet.get("eoh") for packet in packets):
            break
    for number in ids:
        opened.tell("md/cancelChart", {"subscriptionId": number})
    return packets


def _packets_of(event: Any, contract: str) -> list[Packet]:
    packets = event.get("charts") if isinstance(event, dict) else None
    if not isinstance(packets, list) or not all(isinstance(one, dict) for one in packets):
        raise BadDataError(
            f"tradovate, {contract}: expected charts, found {str(event)[:80]!r}; ingest again later"
        )
    return packets


def _chart(contract: str, how: str, day: date) -> Mapping[str, Any]:
    return {
        "symbol": contract,
        "chartDescription": {
            "underlyingType": _UNDERLYING[how],
            "elementSize": 1,
            "elementSizeUnit": "UnderlyingUnits",
            "withHistogram": False,
        },
        "timeRange": {
            "asFarAsTimestamp": _written(_begin(day)),
            "closestTimestamp": _written(_begin(day + timedelta(days=1))),
        },
    }


def _begin(day: date) -> datetime:
    return datetime.combine(day, _DAY_BEGINS)


def _known_until(day: date, now: datetime) -> datetime:
    """The end of the last minute of a day that is over."""
    over = (now - _SETTLING).astimezone(UTC).replace(second=0, microsecond=0)
    return min(_begin(day + timedelta(days=1)), over)


def _stamp(day: date, now: datetime) -> str:
    if now >= _begin(day + timedelta(days=1)) + _FINAL:
        return "final"
    return f"to {_known_until(day, now):%Y-%m-%dT%H:%M}Z"


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.000Z}"
