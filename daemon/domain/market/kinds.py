"""The kinds of market data, and the columns of each: what a source gives and the lake keeps.

Times are int64 nanoseconds UTC, dates int32 days since 1970-01-01, prices dollars, sizes shares or
contracts (with fractions). Options lie under the root of their contracts ("SPY" for
O:SPY150117C00200000): `expiration`, `strike` and `right` (1 call, -1 put) name the contract.
Conditions and indicators are packed (`daemon.domain.market.codes`); what a source does not know is
0; in a chain a greek, a volatility, an open interest and the price of the underlying are nan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from daemon.errors import UsageError, did_you_mean

Columns = dict[str, npt.NDArray[Any]]
"""Columns of equal length by name, sorted as their kind says."""

_EXCHANGE_MIDNIGHT: Final = 4 * 3_600_000_000_000
_DAY: Final = 86_400_000_000_000
_PROVENANCE: Final = (("rank", "|i1"), ("origin", "|i1"))


class Rank(IntEnum):
    """Who gave rows, and by that how much they are believed: see `belief`, never the number, which
    stands in stored parts.

    REPAIRED: made from neighbours, no trade price. TRADES: bars made of the lake's own trades.
    FEED: as it came live. ANSWER: asked for later. DAY_FILE: the vendor's file of the whole day,
    which stands for everything of that day but for what was made here.
    """

    REPAIRED = 0
    FEED = 1
    ANSWER = 2
    DAY_FILE = 3
    TRADES = 4


_BELIEF: Final = np.argsort(
    [Rank.REPAIRED, Rank.TRADES, Rank.FEED, Rank.ANSWER, Rank.DAY_FILE]
).astype(np.int8)


def belief(ranks: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """How much rows of these ranks are believed: of two, the one of less is replaced."""
    found: npt.NDArray[np.int8] = _BELIEF[np.asarray(ranks)]
    return found


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data.

    columns: (name, numpy type), the key first. period: what one part of a symbol holds. order:
    columns that rows are sorted by, the key first. identity: columns that tell a row from others,
    the order's where empty. repeats: rows of one identity may stand beside each other.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    period: Literal["all", "year", "day"]
    order: tuple[str, ...]
    identity: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def key(self) -> str:
        """The column of time: the start of a bar, a trade's time stamp, or a date."""
        return self.columns[0][0]

    @property
    def words(self) -> str:
        """What a reader calls its rows: "minute bars", "option trades"."""
        return self.name.replace("_", " ") + " bars" * (self.key == "open_time")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns that a source gives."""
        return tuple(name for name, _ in self.columns)

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """The columns of a part: of what came over time also its rank and origin.

        origin: number of the row's origin in the part's list of them, see the manifest.
        """
        return self.columns if self.name in BESIDE_KINDS else (*self.columns, *_PROVENANCE)

    @property
    def dated(self) -> bool:
        """True if the key is a date, not an instant."""
        return self.columns[0][1] == "<i4"

    def empty(self) -> Columns:
        """No rows, as stored."""
        return {name: np.zeros(0, dtype=dtype) for name, dtype in self.stored}

    def days(self, key: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Exchange dates of rows, in days since 1970-01-01.

        A US session day lies within 04:00 UTC and 04:00 UTC of the next day, from the earliest
        pre-market minute to the latest after-hours one and New York midnight itself.
        """
        return key.astype(np.int64) if self.dated else (key - _EXCHANGE_MIDNIGHT) // _DAY

    def bounds(self, first: int | None, last: int | None) -> tuple[int, int]:
        """Keys from (included) and to (excluded) for exchange dates first..last."""
        low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        scale, shift = (1, 0) if self.dated else (_DAY, _EXCHANGE_MIDNIGHT)
        return (
            low if first is None else first * scale + shift,
            high if last is None else (last + 1) * scale + shift,
        )

    def period_of(self, day: int) -> str:
        """The period of an exchange date: "2024-01-31", "2024" or "all"."""
        date = np.datetime64(day, "D")
        return {"day": str(date), "year": str(date)[:4], "all": "all"}[self.period]


def _columns(dtype: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, dtype) for name in names)


_PRICES: Final = _columns("<f8", "open", "high", "low", "close", "volume")
_COUNT: Final = (("transactions", "<i8"),)
_CONTRACT: Final = (("expiration", "<i4"), ("strike", "<f8"), ("right", "|i1"))
_CONTRACT_ORDER: Final = ("expiration", "strike", "right")
_BARS: Final = (("open_time", "<i8"), *_PRICES, *_COUNT)
_OPTION_BARS: Final = (("open_time", "<i8"), *_CONTRACT, *_PRICES, *_COUNT)
_STAMP: Final = (("sip_timestamp", "<i8"),)
_NBBO: Final = (
    *_columns("<f8", "bid_price", "bid_size", "ask_price", "ask_size"),
    *_columns("<i2", "bid_exchange", "ask_exchange"),
)
_TRADES: Final = (
    *_STAMP,
    *_columns("<i8", "sequence_number", "participant_timestamp", "trf_timestamp"),
    *_columns("<f8", "price", "size"),
    *_columns("<i8", "conditions", "id"),
    *_columns("<i2", "exchange", "trf_id", "correction"),
    ("tape", "|i1"),
)
_QUOTES: Final = (
    *_STAMP,
    *_columns("<i8", "sequence_number", "participant_timestamp", "trf_timestamp"),
    *_NBBO,
    *_columns("<i8", "conditions", "indicators"),
    ("tape", "|i1"),
)
_OPTION_TRADES: Final = (
    *_STAMP,
    *_CONTRACT,
    *_columns("<f8", "price", "size"),
    ("conditions", "<i8"),
    *_columns("<i2", "exchange", "correction"),
)
_OPTION_QUOTES: Final = (*_STAMP, ("sequence_number", "<i8"), *_CONTRACT, *_NBBO)
_CHAIN: Final = (
    ("taken_at", "<i8"),
    *_CONTRACT,
    *_columns("<f8", "bid_price", "bid_size", "ask_price", "ask_size", "last_price"),
    *_columns("<f8", "implied_volatility", "delta", "gamma", "theta", "vega"),
    *_columns("<f8", "volume", "open_interest", "underlying_price"),
)
_OPEN_INTEREST: Final = (("date", "<i4"), *_CONTRACT, ("open_interest", "<f8"))
_ACTIONS: Final = (("ex_date", "<i4"), *_columns("<f8", "cash", "new", "old"))

_ALL: Final = (
    Kind("minute", _BARS, "year", ("open_time",)),
    Kind("day", _BARS, "all", ("open_time",)),
    Kind(
        "trades",
        _TRADES,
        "day",
        ("sip_timestamp", "sequence_number"),
        ("sequence_number", "exchange", "id", "correction"),
        repeats=True,
    ),
    Kind(
        "quotes",
        _QUOTES,
        "day",
        ("sip_timestamp", "sequence_number"),
        ("sequence_number", "bid_exchange", "ask_exchange"),
        repeats=True,
    ),
    Kind("option_minute", _OPTION_BARS, "day", ("open_time", *_CONTRACT_ORDER)),
    Kind("option_day", _OPTION_BARS, "year", ("open_time", *_CONTRACT_ORDER)),
    Kind(
        "option_trades",
        _OPTION_TRADES,
        "day",
        ("sip_timestamp", *_CONTRACT_ORDER),
        ("sip_timestamp", *_CONTRACT_ORDER, "exchange", "price", "size", "conditions"),
        repeats=True,
    ),
    Kind(
        "option_quotes",
        _OPTION_QUOTES,
        "day",
        ("sip_timestamp", "sequence_number", *_CONTRACT_ORDER),
        ("sequence_number", *_CONTRACT_ORDER),
        repeats=True,
    ),
    Kind("option_chains", _CHAIN, "day", ("taken_at", *_CONTRACT_ORDER)),
    Kind("option_open_interest", _OPEN_INTEREST, "year", ("date", *_CONTRACT_ORDER)),
    Kind("splits", _ACTIONS, "all", ("ex_date",)),
    Kind("dividends", _ACTIONS, "all", ("ex_date",)),
    Kind("listings", _columns("<i4", "listed", "delisted"), "all", ("listed",)),
)
KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in _ALL}
BAR_KINDS: Final = ("minute", "day")
ACTION_KINDS: Final = ("splits", "dividends")
LISTINGS: Final = "listings"
BESIDE_KINDS: Final = (*ACTION_KINDS, LISTINGS)
"""What comes along with bars. Each source has a part of its own, whose rows need no provenance."""
_ALSO: Final = {
    "stocks_trades": "trades",
    "stocks_quotes": "quotes",
    "options_trades": "option_trades",
    "options_quotes": "option_quotes",
}


def kind_named(name: str) -> Kind:
    """The kind of that name, or of one that owners know it by. UsageError where there is none."""
    found = KINDS.get(_ALSO.get(name, name))
    if found is None:
        raise UsageError(
            f"unknown kind {name!r} of market data, expected one of {', '.join(KINDS)}; "
            + (did_you_mean(name, KINDS) or "choose one of them")
        )
    return found
