"""The splits and dividends of a symbol, chosen among what its sources tell by their order.

Every source has a part with all that it tells. Nothing is chosen when it is written, so that
another order of the sources chooses otherwise at the next reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from daemon.domain.market.align import Events
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.tellings import told_once
from daemon.lake.layout import Layout
from daemon.lake.reader import read_by_origin

Ranking = Callable[[str, Collection[str]], tuple[str, ...]]
"""Puts the sources of a symbol in order, the most preferred first."""


def read_events(
    layout: Layout, kind: str, symbol: str, ranked: Ranking, sessions: SessionTable
) -> Events:
    """Events of a kind, each once. Errors as of `reader.read_columns`."""
    told = read_by_origin(layout, kind, symbol)
    tellings = [Events(**told[source]) for source in ranked(symbol, told)]
    return told_once(tellings, sessions.session_date)
