"""A lake mended by loaded sources: whom to ask, how often, and what the journal says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from daemon.domain.evolution.records import Effects, Event
from daemon.domain.market.scan.findings import plural
from daemon.errors import AccessError, UsageError, did_you_mean
from daemon.lake.ingest import IngestReport, ask_again
from daemon.lake.lake import Lake
from daemon.lake.ports import SourceOf
from daemon.lake.repair import Ask, Mended, mend
from daemon.lake.trade_bars import TRADES, TradeBars
from daemon.lake.wishes import Wish
from daemon.plugin.roles import Request, Source
from daemon.settings import QualityTable
from daemon.store.store import SqlStore
from daemon.supervisor.scanned import refresh

REPAIR: Final = "repair"
"""Kind and subject of the journal's lines on repairs."""
SIMULATED: Final = "simulated"
Asks = Sequence[tuple[str, Ask]]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Mending:
    """symbols: of these only, of all if empty. folder: for sources that read files. questions: how
    many are asked at most of all sources together. lost: what broken parts held."""

    symbols: tuple[str, ...] = ()
    folder: Path | None = None
    questions: int | None = None
    lost: tuple[Wish, ...] = ()


def mend_lake(
    lake: Lake,
    store: SqlStore,
    sources: Mapping[str, Source],
    quality: QualityTable,
    mending: Mending,
    progress: Progress | None = None,
) -> Mended:
    """Scans, asks the sources of [quality] in their order and fills, as configured; told in the
    journal. UsageError for a source of [quality] that is not loaded."""
    asks = _asks(lake, sources, quality.sources, mending.folder, progress)
    if mending.questions is not None:
        asks = _at_most(asks, mending.questions)
    made, symbols = TradeBars(lake), mending.symbols or None
    reports, _ = refresh(lake, store, symbols)
    kinds = {**{name: source.kinds for name, source in sources.items()}, TRADES: made.kinds}
    asks = [*asks, (TRADES, asking(lake, made, None, None))]
    mended = mend(lake, reports, asks, quality.fill_minutes, mending.lost, kinds)
    refresh(lake, store, symbols)
    if mended.asked or mended.made:
        store.commit(Effects(events=(_told(mended),)))
    return mended


def mended_sentence(mended: Mended) -> str:
    """What was asked for and came of it; "" where nothing was to be mended."""
    if not mended.wanted:
        return ""
    questions = sum(not one.closed for one in mended.asked)
    rows = sum(one.rows for one in mended.asked)
    left = sum(len(days) for days in mended.left.values())
    return (
        f"repair asked {plural(questions, 'question')} for {plural(mended.wanted, 'symbol-day')} "
        f"and brought {plural(rows, 'row')}; {left:,} of them "
        f"{'is as it was' if left == 1 else 'are as they were'}"
    )


def asking(
    lake: Lake, source: SourceOf[Request, Any], folder: Path | None, progress: Progress | None
) -> Ask:
    """Asks this source again, after a word to `progress`, which may call it off. AccessError where
    it lacks its key, whatever is wished."""

    def ask(wish: Wish) -> IngestReport:
        if words := lacking(source):
            raise AccessError(words)
        request = Request(wish.kind, wish.symbols, wish.start, wish.end, folder)
        if progress is not None:
            progress(0, 0, "")
        return ask_again(lake, source, request, progress)

    return ask


def lacking(source: object) -> str:
    """What a source says that it lacks; "" where it has all, or does not say."""
    unready = getattr(source, "unready", None)
    return str(unready()) if unready is not None else ""


def _asks(
    lake: Lake,
    sources: Mapping[str, Source],
    named: Sequence[str],
    folder: Path | None,
    progress: Progress | None,
) -> Asks:
    """Those named, else those of the ingestion in its order and then all but the simulated one."""
    first = [name for name in lake.order.sources if name in sources]
    others = [name for name in sources if name != SIMULATED]
    wanted = named or tuple(dict.fromkeys([*first, *others]))
    for name in wanted:
        if name not in sources:
            hint = did_you_mean(name, sources) or f"known: {', '.join(sources)}"
            raise UsageError(f'[quality] sources: no source "{name}" is loaded; {hint}')
    return [(name, asking(lake, sources[name], folder, progress)) for name in wanted]


def _at_most(asks: Asks, questions: int) -> Asks:
    """The same, every one closed once so many questions were asked of them together."""
    left = iter(range(questions))

    def limited(ask: Ask) -> Ask:
        def one(wish: Wish) -> IngestReport:
            if next(left, None) is None:
                raise UsageError(f"{questions} questions were asked; the next repair goes on")
            return ask(wish)

        return one

    return [(name, limited(ask)) for name, ask in asks]


def _told(mended: Mended) -> Event:
    detail = {
        "sources": list(dict.fromkeys(one.source for one in mended.asked if not one.closed)),
        "days": mended.wanted,
        "rows": sum(one.rows for one in mended.asked),
        "made": sum(mended.made.values()),
        "replaced": sum(map(len, mended.replaced.values())),
    }
    return Event(REPAIR, REPAIR, detail)
