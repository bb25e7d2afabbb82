"""What the lake knows of a symbol's listing, and where the lake itself begins."""

from __future__ import annotations

from daemon.domain.market.kinds import LISTINGS
from daemon.domain.market.scan.life import Life
from daemon.lake.index import load_index
from daemon.lake.inventory import datasets_of
from daemon.lake.layout import Layout
from daemon.lake.reader import day_number, read_columns


def life_of(layout: Layout, symbol: str) -> Life:
    """When the symbol was listed and delisted, as far as any source told.

    BadDataError where the part is broken, see `reader.read_columns`.
    """
    columns = read_columns(layout, LISTINGS, symbol)
    return Life.of(columns["listed"], columns["delisted"])


def horizon_of(layout: Layout, kind: str) -> int | None:
    """The first exchange date with a real bar of a kind, days since 1970-01-01."""
    held = datasets_of(load_index(layout), None)
    starts = [one.start for one in held if one.kind == kind and not one.simulated]
    return day_number(min(starts, default=None))
