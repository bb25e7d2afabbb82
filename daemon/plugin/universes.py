"""Whether the lake can serve the universe that a genome names: one that it cannot is not tried."""

from __future__ import annotations

from daemon.domain.genome.contract import Manifest
from daemon.errors import MissingError, UsageError
from daemon.plugin.host import Markets


def without_data(markets: Markets, manifest: Manifest) -> str:
    """Why the universe that a genome names has no bars for it; "" where it has, or names none.

    A default universe without bars is the whole night's concern: the executor ends it.
    """
    if not manifest.universe:
        return ""
    try:
        markets.market(manifest.timeframe, manifest.universe)
    except (MissingError, UsageError) as error:
        return f'its universe "{manifest.universe}" has no data: {error}'
    return ""
