"""Real daily returns for worlds that are made of them, where the lake holds enough."""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.market.bars import Floats
from daemon.domain.worlds.garch import garch
from daemon.errors import MissingError
from daemon.supervisor.places import open_lake

FEWEST: Final = 500
_MOST_SYMBOLS: Final = 24
_LARGEST: Final = 0.35
_MADE_UP: Final = (2500, 8)
_SEED: Final = 20_261


def daily_history(loaded: Loaded) -> tuple[Floats, str]:
    """Returns (T, N) of the lake's real symbols over the sessions that all have; and their source.

    Made-up ones where the lake holds no 500 sessions of any. Moves beyond a third are splits or
    errors as likely as news, and are left out.
    """
    lake = open_lake(loaded)
    lake.sessions  # noqa: B018 - kept beside the lake, for every campaign to copy
    held = [d for d in lake.inventory(gaps=False) if d.kind == "day" and not d.simulated]
    long = sorted(held, key=lambda d: (-d.rows, d.symbol))[:_MOST_SYMBOLS]
    names = tuple(d.symbol for d in long if d.rows >= FEWEST)
    try:
        market = lake.market(names, "1d")[0].adjusted() if names else None
    except MissingError:
        market = None
    if market is not None:
        kept = np.flatnonzero(~market.stale.any(axis=1))
        close = market.close[kept]
        moves = close[1:] / close[:-1] - 1.0
        moves = moves[(np.abs(moves) < _LARGEST).all(axis=1)]
        if len(moves) >= FEWEST:
            return np.ascontiguousarray(moves), f"{len(market.symbols)} real symbols"
    return garch(*_MADE_UP, np.random.default_rng(_SEED)).returns, "made up, no real ones are held"
