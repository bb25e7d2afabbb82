"""What a repair did: the broken parts, what each source was asked for, and what is left."""

from __future__ import annotations

from datetime import date

from daemon.cli.lake_view import print_problems
from daemon.cli.output import out, print_json
from daemon.lake.reader import calendar_date
from daemon.lake.repair import Asked
from daemon.supervisor.repair import Repaired


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
            }
        )
        return
    print_problems(repaired.problems, as_json=False)
    for one in mended.asked:
        out.print(_sentence(one), markup=False, soft_wrap=True)
    for symbol, count in mended.made.items():
        out.print(f"{symbol}: {count:,} minutes were made from their neighbours, marked synthetic")
    days = sum(len(found) for found in mended.left.values())
    out.print(f"{mended.wanted:,} symbol-days were to be mended; {days:,} are left as they are")


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
    told = f"; it said: {one.message}" if one.message else ""
    names = ", ".join(one.wish.symbols)
    return f"{one.source}: {one.rows:,} new {one.wish.kind} rows of {names}, {dates}{told}"


def _dates(start: date | None, end: date | None) -> str:
    if start == end:
        return str(start or "all dates")
    return f"{start or 'the beginning'} to {end or 'today'}"
