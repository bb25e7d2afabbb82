"""What a repair did: the broken parts, what each source was asked for, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final

from daemon.cli.lake_view import print_problems
from daemon.cli.output import out, print_json
from daemon.lake.reader import calendar_date
from daemon.lake.repair import Asked, Mended
from daemon.lake.replaced import Replaced
from daemon.supervisor.repair import Repaired

_CAUSES: Final = 3
_NAMES: Final = 8
_CLOSE: Final = 3
"""Place of the close among the values of a bar."""


def print_repair(repaired: Repaired, as_json: bool) -> None:
    """The repair as a document or in sentences."""
    mended = repaired.mended
    left = [
        {"kind": kind, "symbol": symbol, "days": [calendar_date(day) for day in days]}
        for (kind, symbol), days in mended.left.items()
    ]
    if as_json:
        print_json(
            {
                "ok": not repaired.problems and not left,
                "problems": repaired.problems,
                "wanted": mended.wanted,
                "asked": [_document(one) for one in mended.asked],
                "left": left,
                "made": mended.made,
                "replaced": [_bar_document(*one) for one in _bars(mended)],
            }
        )
        return
    print_problems(repaired.problems, as_json=False)
    for sentence in told(mended.asked):
        out.print(sentence, markup=False, soft_wrap=True)
    for kind, symbol, bar in _bars(mended):
        out.print(_bar_sentence(kind, symbol, bar), markup=False, soft_wrap=True)
    for symbol, count in mended.made.items():
        out.print(f"{symbol}: {count:,} minutes were made from their neighbours, marked synthetic")
    days = sum(len(found) for found in mended.left.values())
    out.print(f"{mended.wanted:,} symbol-days were to be mended; {days:,} are left as they are")


def told(asked: Sequence[Asked]) -> Iterator[str]:
    """A sentence on every answer; those that brought nothing together, each cause once."""
    nothing: dict[str, list[Asked]] = {}
    for one in asked:
        if one.closed or one.rows:
            yield _sentence(one)
        else:
            nothing.setdefault(one.source, []).append(one)
    for source, some in nothing.items():
        yield _sentence(some[0]) if len(some) == 1 else _nothing(source, some)


def _nothing(source: str, some: Sequence[Asked]) -> str:
    causes = list(dict.fromkeys(one.message for one in some if one.message))
    said = f"; it said: {'; '.join(causes[:_CAUSES])}" if causes else ""
    more = f"; and {len(causes) - _CAUSES:,} causes more" if len(causes) > _CAUSES else ""
    return f"{source}: nothing new for {len(some):,} requests{said}{more}"


def _bars(mended: Mended) -> Iterator[tuple[str, str, Replaced]]:
    for (kind, symbol), bars in mended.replaced.items():
        yield from ((kind, symbol, bar) for bar in bars)


def _bar_document(kind: str, symbol: str, bar: Replaced) -> dict[str, object]:
    at = datetime.fromtimestamp(bar.open_time / 1e9, UTC)
    said = {"values": bar.values, "origin": bar.origin, "by": bar.by}
    return {"kind": kind, "symbol": symbol, "at": at, **said}


def _bar_sentence(kind: str, symbol: str, bar: Replaced) -> str:
    at = datetime.fromtimestamp(bar.open_time / 1e9, UTC)
    return (
        f"{symbol}: the wrong {kind} bar of {at:%Y-%m-%d %H:%M} UTC, close {bar.values[_CLOSE]:g} "
        f"by {bar.origin}, gave way to that of {bar.by}"
    )


def _document(one: Asked) -> dict[str, object]:
    return {
        "source": one.source,
        "kind": one.wish.kind,
        "symbols": one.wish.symbols,
        "start": one.wish.start,
        "end": one.wish.end,
        "rows": one.rows,
        "message": one.message,
    }


def _sentence(one: Asked) -> str:
    if one.closed:
        return f"{one.source} was not asked: {one.message}"
    dates = _dates(one.wish.start, one.wish.end)
    said = f"; it said: {one.message}" if one.message else ""
    names, more = ", ".join(one.wish.symbols[:_NAMES]), len(one.wish.symbols) - _NAMES
    others = f" and {more:,} more" if more > 0 else ""
    return f"{one.source}: {one.rows:,} new {one.wish.kind} rows of {names}{others}, {dates}{said}"


def _dates(start: date | None, end: date | None) -> str:
    if start == end:
        return str(start or "all dates")
    return f"{start or 'the beginning'} to {end or 'today'}"
