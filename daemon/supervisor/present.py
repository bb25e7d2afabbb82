"""`lake now`: what the first source that can tell says of the market at this moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.config import Loaded
from daemon.domain.market.present import Holiday, MarketStatus, Quote
from daemon.errors import BadDataError, MissingError, TransientError
from daemon.plugin.roles import Source, Watching
from daemon.supervisor.bootstrap import register_plugins, workbench
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.doctor import some_store
from daemon.supervisor.mending import lacking
from daemon.supervisor.outlook import watching


@dataclass(frozen=True, slots=True)
class Present:
    """failed: the symbols without a quote, and why."""

    source: str
    status: MarketStatus
    holidays: Sequence[Holiday]
    quotes: Sequence[Quote]
    failed: Sequence[tuple[str, str]]


def market_now(loaded: Loaded, symbols: Sequence[str]) -> Present:
    """Asks one source; works beside a running daemon, and writes nothing.

    MissingError where no loaded source can tell, or the one that can has no answer.
    """

    async def asked() -> Present:
        plugins = checked_plugins(loaded)
        async with workbench(loaded) as bench:
            with some_store(loaded) as store:
                sources = register_plugins(plugins, bench, store).sources
                name, source = _first(sources)
                return await asyncio.to_thread(_ask, name, source, symbols)

    try:
        return asyncio.run(asked())
    except TransientError as error:
        raise MissingError(str(error)) from error


def _first(sources: dict[str, Source]) -> tuple[str, Watching]:
    for found in watching(sources, sources):
        return found
    lacks = [
        words for one in sources.values() if isinstance(one, Watching) and (words := lacking(one))
    ]
    raise MissingError(
        "; ".join(lacks)
        or "no loaded source tells of the market as it is now; add one to [plugins] load"
    )


def _ask(name: str, source: Watching, symbols: Sequence[str]) -> Present:
    quotes, failed = list[Quote](), list[tuple[str, str]]()
    status, holidays = source.market_status(), source.holidays()
    for symbol in symbols:
        try:
            quotes.append(source.last_quote(symbol))
        except (MissingError, BadDataError) as error:
            failed.append((symbol, str(error)))
    return Present(name, status, holidays, quotes, failed)
