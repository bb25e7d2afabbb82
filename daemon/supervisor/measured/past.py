"""Real daily bars up to a day as a source, so that a campaign holds nothing of what came later.

What a campaign makes of them is the market it was given, bit for bit: every bar that was traded,
and every split and dividend that somebody held through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Market
from daemon.domain.market.kinds import ACTION_KINDS
from daemon.lake.reader import calendar_date
from daemon.plugin.roles import ActionRow, Batch, Part, Request


class PastSource:
    """The bars and corporate actions of a market of daily bars; all of them, whatever is asked."""

    name = "past"
    kinds = ("day", *ACTION_KINDS)

    def __init__(self, market: Market) -> None:
        self._market = market

    def parts(self, request: Request) -> Sequence[Part]:
        """One part a symbol."""
        return [Part(name, None, self._market.hash) for name in self._market.symbols]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """All bars of a symbol that were traded, in one batch."""
        market, column = self._market, self._market.symbols.index(part.key)
        traded = ~market.stale[:, column]
        fields = (getattr(market, name)[traded, column] for name in FIELDS)
        bars = Rows(market.axis.open_time[traded], *fields)
        unknown = np.zeros(len(bars), dtype=np.int64)
        yield Batch.of_bars(part.key, bars, unknown, f"past:{market.hash[:16]}")

    def actions(self, request: Request) -> Sequence[ActionRow]:
        """Splits or dividends, by the session in which they took effect."""
        market, actions = self._market, self._market.actions
        split = actions.new != actions.old
        chosen = np.flatnonzero(split == (request.kind == "splits"))
        return [
            ActionRow(
                market.symbols[actions.symbol[k]],
                calendar_date(int(market.axis.session_date[actions.bar[k]])),
                float(actions.cash[k]),
                float(actions.new[k]),
                float(actions.old[k]),
            )
            for k in chosen
        ]
