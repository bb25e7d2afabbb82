"""A made-up world as a source of daily bars, so that a whole campaign can run on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Market
from daemon.domain.market.calendar import SessionTable
from daemon.errors import UsageError
from daemon.plugin.roles import ActionRow, Batch, Part, Request

FIRST_DAY: Final = 15_342  # 2012-01-03, a session
_SHARES_A_TRADE: Final = 120.0


class WorldSource:
    """The bars of a market, laid over the exchange's real sessions from 2012 on."""

    name = "simulated"
    kinds = ("day",)

    def __init__(self, market: Market, sessions: SessionTable) -> None:
        first = int(np.searchsorted(sessions.session_date, FIRST_DAY))
        self._open_time = sessions.open_time[first : first + len(market.axis)]
        self._market = market

    def parts(self, request: Request) -> Sequence[Part]:
        """One part a symbol."""
        if request.kind not in self.kinds:
            raise UsageError(f"kind: expected day for a made-up world, was {request.kind}")
        return [Part(name, None, self._market.hash) for name in self._market.symbols]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """All bars of a symbol in one batch."""
        market, column = self._market, self._market.symbols.index(part.key)
        bars = Rows(self._open_time, *(getattr(market, name)[:, column] for name in FIELDS))
        trades = np.ceil(market.volume[:, column] / _SHARES_A_TRADE).astype(np.int64)
        yield Batch.of_bars(part.key, bars, trades, f"simulated:{market.hash[:16]}")

    def actions(self, request: Request) -> Sequence[ActionRow]:
        """None."""
        return ()
