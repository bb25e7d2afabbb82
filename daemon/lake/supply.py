"""Filling the lake from several sources in turn: the next is asked for what is still missing.

The first source of a symbol is asked for the whole time wanted, which lets it replace what it has
mended since; receipts keep that cheap. The others are asked for the sessions that are left: those
without a row, and the newest one until its last minute is there. Last come bars of the trades that
the lake holds, where they are wished: what any source gave for the same bar is believed more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.kinds import BAR_KINDS, BESIDE_KINDS, kind_named
from daemon.domain.market.supply import Supplied, Want, attributed
from daemon.errors import NightShiftError
from daemon.lake.lake import Lake
from daemon.lake.reader import day_number
from daemon.lake.repair import Ask
from daemon.lake.trade_bars import TRADES, tapes
from daemon.lake.wishes import Wish, wishes

_SETTLED_NS: Final = 5 * NANOS_PER_MINUTE
"""After the open, a session without a minute counts as missing."""

Said = dict[str, dict[str, str]]
"""For each symbol, what each source said that did not give what it was asked for."""


def supply(lake: Lake, want: Want, asks: Mapping[str, Ask], until: int) -> Supplied:
    """Asks source after source until no session up to the instant `until` (ns UTC) is missing.

    asks: by name, every source that an order names, and who makes bars of trades. Nothing raises: a
    source that fails is told of, and the next is asked; a symbol that the lake cannot read counts
    as lacking everything.
    """
    said: Said = defaultdict(dict)
    rows = 0
    left: dict[str, tuple[int, ...]] = dict.fromkeys(want.orders, ())
    for place in range(max(map(len, want.orders.values()), default=0)):
        for source, symbols in want.at(place, list(left)).items():
            for wish in _wishes(lake, want, place, {name: left[name] for name in symbols}):
                rows += _asked(asks[source], source, wish, said)
        left = _left(lake, want, said, place, until)
    if want.trade_bars and want.kind in BAR_KINDS:
        rows += _made(lake, want, asks[TRADES], said)
        left = _left(lake, want, said, 0, until)
    failed = {name: said[name] for name in left if not _held(lake, want, name, said)}
    lacking = sum(len(days) for days in left.values())
    sentences = {
        attributed(source, words) for each in said.values() for source, words in each.items()
    }
    return Supplied(rows, lacking, failed, tuple(sorted(sentences)))


def _wishes(
    lake: Lake, want: Want, place: int, left: Mapping[str, Sequence[int]]
) -> Iterator[Wish]:
    if place == 0 or want.kind in BESIDE_KINDS:
        yield Wish(want.kind, tuple(left), want.start, want.end)
    else:
        days = {(want.kind, name): tuple(missing) for name, missing in left.items()}
        yield from wishes(days, lake.sessions)


def _made(lake: Lake, want: Want, ask: Ask, said: Said) -> int:
    """The rows that came of trades, of all the time wanted: trades too are mended later."""
    taped = {one.symbol for one in tapes(lake, want.orders, want.start, want.end)}
    if not taped:
        return 0
    return _asked(ask, TRADES, Wish(want.kind, tuple(sorted(taped)), want.start, want.end), said)


def _asked(ask: Ask, source: str, wish: Wish, said: Said) -> int:
    """The rows that came; what the source said otherwise is noted for the symbols it is about."""
    try:
        report = ask(wish)
    except NightShiftError as error:
        for symbol in wish.symbols:
            said[symbol][source] = str(error)
        return 0
    for about, sentence in report.failed:
        for symbol in [about] if about in wish.symbols else wish.symbols:
            said[symbol].setdefault(source, sentence)
    for symbol in report.lacking:
        said[symbol].setdefault(source, f"it has no {wish.kind} bars of {symbol}")
    return report.rows


def _left(lake: Lake, want: Want, said: Said, place: int, until: int) -> dict[str, tuple[int, ...]]:
    """The symbols that still lack sessions, and which."""
    if want.kind in BESIDE_KINDS:
        tried = {name: order[place] for name, order in want.orders.items() if place < len(order)}
        return {name: () for name, source in tried.items() if source in said[name]}
    sessions = _due(lake.sessions, want, until)
    keys = {name: _keys(lake, want, name, said) for name in want.orders}
    due = {name: _alive(lake, name, sessions, said) for name in keys}
    missing = {name: _missing(want, held, due[name], until) for name, held in keys.items()}
    return {name: days for name, days in missing.items() if days}


def _due(sessions: SessionTable, want: Want, until: int) -> SessionTable:
    """The sessions of which there should be something by now."""
    between = sessions.between(day_number(want.start) or 0, day_number(want.end) or 0)
    begun = between.close_time if want.kind == "day" else between.open_time + _SETTLED_NS
    return between.rows(0, int(np.count_nonzero(begun <= until)))


def _alive(lake: Lake, symbol: str, sessions: SessionTable, said: Said) -> SessionTable:
    """The sessions without those after a delisting that is known."""
    try:
        return sessions.chosen(lake.life(symbol).holds(sessions.session_date))
    except NightShiftError as error:
        said[symbol]["lake"] = str(error)
        return sessions


def _missing(want: Want, keys: Ints, sessions: SessionTable, until: int) -> tuple[int, ...]:
    """Sessions without a row; the newest one also where its minutes end before they should."""
    held = np.unique(kind_named(want.kind).days(keys))
    missing = np.setdiff1d(sessions.session_date, held).tolist()
    if want.kind == "minute" and len(sessions) and len(keys):
        newest = int(sessions.session_date[-1])
        over = min(until, int(sessions.close_time[-1])) - NANOS_PER_MINUTE
        if newest not in missing and keys[-1] < over:
            missing.append(newest)
    return tuple(missing)


def _held(lake: Lake, want: Want, symbol: str, said: Said) -> bool:
    """Whether there is anything at all of the symbol in the time wanted."""
    return want.kind not in BESIDE_KINDS and len(_keys(lake, want, symbol, said)) > 0


def _keys(lake: Lake, want: Want, symbol: str, said: Said) -> Ints:
    """What the lake holds of the symbol in the time wanted; nothing where it cannot be read."""
    kind = kind_named(want.kind).name
    try:
        return lake.times(kind, symbol, want.start, want.end)
    except NightShiftError as error:
        said[symbol]["lake"] = str(error)
        return np.zeros(0, dtype=np.int64)
