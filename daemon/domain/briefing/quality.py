"""How good the night's data was: two sentences and the symbols that were worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemon.domain.briefing.document import QualityRow
from daemon.domain.briefing.wording import calendar_day, counted, listed, percent, plain
from daemon.domain.market.scan.score import MarketQuality, SymbolQuality

ROWS: Final = 8
_NAMED: Final = 6


def quality_words(quality: MarketQuality) -> tuple[str, ...]:
    """What was left out for its quality, and what was or could be repaired."""
    if not quality.symbols:
        return ()
    return _left_out(quality), _repaired(quality)


def quality_rows(quality: MarketQuality) -> tuple[QualityRow, ...]:
    """The symbols with a bad session: those left out first, then the worst of the others."""
    bad = [one for one in quality.symbols if one.score.bad]
    order = sorted(bad, key=lambda one: (not one.refused, one.score.share, one.symbol, one.kind))
    return tuple(_row(one) for one in order[:ROWS])


def _row(one: SymbolQuality) -> QualityRow:
    return QualityRow(
        symbol=plain(one.symbol, 20),
        bars=_bars(one.kind),
        good=round(one.score.share, 4),
        bad=one.score.bad,
        worst=calendar_day(one.score.worst[0]),
        sentence=plain(one.sentence, 160),
        refused=one.refused,
    )


def _bars(kind: str) -> str:
    return "daily" if kind == "day" else kind


def _left_out(quality: MarketQuality) -> str:
    least = percent(quality.minimum, 0, signed=False)
    refused = [one for one in quality.symbols if one.refused]
    if not refused:
        return f"No symbol was left out: each is good in at least {least} of its sessions."
    noun = "was" if len(refused) == 1 else "were"
    return (
        f"{_named(refused)} {noun} left out: good in fewer than the {least} of sessions that "
        "[quality] minimum asks for."
    )


def _named(refused: Sequence[SymbolQuality]) -> str:
    names = [
        f"{plain(one.symbol, 20)} ({_bars(one.kind)} bars, "
        f"{percent(one.score.share, 0, signed=False)})"
        for one in refused
    ]
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], f"{more} more"] if more > 0 else names)


def _repaired(quality: MarketQuality) -> str:
    if quality.repair:
        return quality.repair
    if not quality.waiting:
        return "Nothing waits for a repair."
    days = counted(quality.waiting, "symbol-day")
    return f"Nothing was repaired yet; `nightshift lake repair` asks the sources for {days} again."
