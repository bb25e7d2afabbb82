"""How the scan of the lake looks: a line of days for each symbol, then what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from daemon.cli.lake_view import gap_document
from daemon.cli.output import out, print_json, print_table
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Finding, Severity
from daemon.domain.market.scan.score import SymbolQuality
from daemon.errors import MissingError, UsageError, did_you_mean
from daemon.lake.gaps import Gaps
from daemon.lake.reader import calendar_date
from daemon.supervisor.quality import Scan

SHADES: Final = ("·", "░", "▒", "█")
"""A day, or a few, without a finding, and with the worst one of each severity."""

SPARK: Final = 40
LEGEND: Final = (
    f"days: each sign is a session, of more than {SPARK} sessions several, the oldest first; "
    "the worst finding in it: {} none, {} info, {} warn, {} bad".format(*SHADES)
)
_SHOWN: Final = 40


def print_gaps(scan: Scan, gaps: Sequence[Gaps], least: Severity, as_json: bool) -> None:
    """The document, or a table with a spark of days and the findings from a severity on."""
    if as_json:
        held = {(one.kind, one.symbol): one for one in gaps}
        print_json(
            {"gaps": [_document(scan, one, held) for one in scan.qualities], **_broken(scan)}
        )
        return
    for symbol, sentence in scan.broken.items():
        out.print(f"{symbol}: {sentence}", markup=False, soft_wrap=True)
    if not scan.qualities:
        if not scan.broken:
            out.print("There are no bars to scan.")
        return
    columns = ("kind", "symbol", "sessions", "good", "bad", "days")
    print_table("", columns, [_row(scan, one) for one in scan.qualities])
    out.print(LEGEND, soft_wrap=True)
    _print_findings(scan, least)


def expect_bars(scan: Scan, symbols: tuple[str, ...], held: tuple[str, ...]) -> None:
    """MissingError where one of the symbols is not among those held, nor broken, of some."""
    for symbol in symbols if held else ():
        if symbol not in {*held, *scan.broken}:
            near = did_you_mean(symbol.upper(), held)
            hint = near or "`nightshift lake inventory` lists what there is"
            raise MissingError(f"the lake has no bars of {symbol}; {hint}")


def severity_named(name: str) -> Severity:
    """The severity of that name; UsageError where there is none."""
    known = [one.name.lower() for one in Severity]
    if name not in known:
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise UsageError(f'--severity: no severity is called "{name}"; {hint}')
    return Severity[name.upper()]


def spark(findings: Sequence[Finding], sessions: SessionTable) -> str:
    """At most SPARK characters for the sessions, each as dark as the worst day in it."""
    count = len(sessions)
    if count == 0:
        return ""
    worst = np.zeros(count, dtype=np.int64)
    days = np.array([one.day for one in findings], dtype=np.int64)
    number = np.searchsorted(sessions.session_date, days)
    levels = np.array([int(one.severity) for one in findings], dtype=np.int64)
    inside = (number < count) & (days >= sessions.session_date[0])
    np.maximum.at(worst, number[inside], levels[inside])
    edges = np.linspace(0, count, min(SPARK, count) + 1).astype(np.int64)
    return "".join(SHADES[level] for level in np.maximum.reduceat(worst, edges[:-1]))


def _row(scan: Scan, one: SymbolQuality) -> list[object]:
    good = f"{100 * one.score.share:.1f} %" + (" refused" if one.refused else "")
    days = spark(scan.findings(one), scan.sessions_of(one))
    return [one.kind, one.symbol, one.score.sessions, good, one.score.bad, days]


def _print_findings(scan: Scan, least: Severity) -> None:
    found = [(one, f) for one in scan.qualities for f in scan.findings(one) if f.severity >= least]
    found.sort(key=lambda pair: -pair[1].severity)
    rows = [
        (one.kind, one.symbol, calendar_date(f.day), f.severity.name.lower(), f.code, f.sentence)
        for one, f in found
    ]
    if rows:
        out.print("")
        columns = ("kind", "symbol", "day", "severity", "code", "what")
        print_table("", columns, [[str(cell) for cell in row] for row in rows[:_SHOWN]])
    if len(rows) > _SHOWN:
        out.print(f"and {len(rows) - _SHOWN:,} more; --symbols or --json show them all")


def _document(
    scan: Scan, one: SymbolQuality, gaps: Mapping[tuple[str, str], Gaps]
) -> dict[str, Any]:
    found = gaps.get((one.kind, one.symbol))
    return {
        "kind": one.kind,
        "symbol": one.symbol,
        "sessions": one.score.sessions,
        "bad_sessions": one.score.bad,
        "score": one.score.share,
        "refused": one.refused,
        **(gap_document(found) if found is not None else {}),
        "findings": [
            {
                "day": calendar_date(f.day),
                "code": f.code.value,
                "severity": f.severity.name.lower(),
                "count": f.count,
                "sentence": f.sentence,
            }
            for f in scan.findings(one)
        ],
    }


def _broken(scan: Scan) -> dict[str, Any]:
    return {"broken": [{"symbol": s, "message": m} for s, m in scan.broken.items()]}
