"""How bars made of trades agree with the minute file of the same days, and where they do not.

Run: python -m tests.bench.trade_bars [FOLDER OF THE MARKET DATA]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.conditions import VENDOR, ConditionRules, Effect
from daemon.domain.market.kinds import Columns
from daemon.domain.market.trade_bars import minute_bars
from daemon.lake.calendar import load_sessions
from daemon.plugin.flatfiles.layout import key_of
from daemon.plugin.flatfiles.rows import rows_of

DAYS = tuple(date(2013, 10, day) for day in range(7, 12))
SYMBOLS = ("AIG", "BAC", "IBM", "SPY")
FIELDS = ("open", "high", "low", "close", "volume")
MINUTE = 60_000_000_000
SWEEPS, DERIVED, OUT_OF_LINE = (14,), (10,), (2, 7, 20, 22, 29)
Bars = dict[int, tuple[float, ...]]


def with_effect(rules: ConditionRules, codes: tuple[int, ...], effect: Effect) -> ConditionRules:
    """The rules with another effect of some codes."""
    return ConditionRules({**rules.effects, **dict.fromkeys(codes, effect)})


WITHOUT_SWEEPS = with_effect(VENDOR, SWEEPS, Effect.VOLUME)
MAKER = with_effect(WITHOUT_SWEEPS, DERIVED, Effect.VOLUME)
MAKER_LATE = with_effect(VENDOR, OUT_OF_LINE, Effect.ALL)
"""The rules of the file's maker, as they show, in regular and in extended hours."""


@dataclass
class Agreement:
    """Counts of bars: by field those that agree, and the classes of the others."""

    both: int = 0
    only_file: int = 0
    only_ours: int = 0
    agree: Counter[str] = field(default_factory=Counter)
    classes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, name: str) -> float:
        """Share of the bars in both whose field agrees."""
        return self.agree[name] / self.both


@dataclass(frozen=True)
class Hours:
    """Regular hours, or the others; and the rules that are tried where ours do not agree."""

    sessions: SessionTable
    regular: bool

    def bars(self, trades: Columns, rules: ConditionRules) -> Bars:
        """Bars of these hours made of trades."""
        return self.rows(minute_bars(trades, self.sessions, rules))

    def rows(self, bars: Columns) -> Bars:
        """Values of the bars of these hours by their time."""
        chosen = (self.sessions.of_instants(bars["open_time"]) >= 0) == self.regular
        values = zip(*(bars[name][chosen].tolist() for name in FIELDS), strict=True)
        return dict(zip(bars["open_time"][chosen].tolist(), values, strict=True))

    def auction(self, stamp: int) -> bool:
        """True for the first and the last minute of a session, and the one after it."""
        back = [int(n) for n in self.sessions.of_instants(np.array([stamp, stamp - MINUTE]))]
        number = max(back)
        if number < 0:
            return False
        minute = (stamp - int(self.sessions.open_time[number])) // MINUTE
        last = int(self.sessions.minutes[number])
        return minute in (0, last - 1, last)


def compared(folder: Path, hours: Hours, rules: ConditionRules) -> Agreement:
    """All symbols and days under the given rules."""
    found = Agreement()
    for day in DAYS:
        trades, bars = _read(folder, "trades", day), _read(folder, "minute", day)
        for symbol in SYMBOLS:
            _compare(found, hours, (trades[symbol], bars[symbol]), rules)
    return found


def _read(folder: Path, kind: str, day: date) -> dict[str, Columns]:
    path = folder / "flatfiles" / key_of(kind, day)
    return {batch.symbol: dict(batch.columns) for batch in rows_of(path, kind, SYMBOLS, "file")}


def _compare(
    found: Agreement, hours: Hours, data: tuple[Columns, Columns], rules: ConditionRules
) -> None:
    trades, bars = data
    ours, theirs = hours.bars(trades, rules), hours.rows(bars)
    tried = {
        "intermarket sweeps (14) set no price in the file": WITHOUT_SWEEPS,
        "derivatively priced trades (10) set no price in the file": MAKER,
        "trades out of line (2, 7, 20, 22, 29) set prices in the file": (
            with_effect(MAKER, OUT_OF_LINE, Effect.ALL) if hours.regular else MAKER_LATE
        ),
    }
    variants = {name: hours.bars(trades, one) for name, one in tried.items()}
    found.only_file += len(theirs.keys() - ours.keys())
    found.only_ours += len(ours.keys() - theirs.keys())
    for stamp in sorted(ours.keys() & theirs.keys()):
        found.both += 1
        for place, name in enumerate(FIELDS):
            if _same(ours[stamp][place], theirs[stamp][place]):
                found.agree[name] += 1
                continue
            value = theirs[stamp][place]
            why = [k for k, v in variants.items() if stamp in v and _same(v[stamp][place], value)]
            auction = "a minute of an auction: its print stands in the minute before or after"
            found.classes[name, auction if hours.auction(stamp) else [*why, "other"][0]] += 1


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-6


def main(folder: Path) -> None:
    """Prints the tables of docs/data.md."""
    with tempfile.TemporaryDirectory() as cache:
        sessions = load_sessions(Path(cache))
    rows: list[tuple[str, Agreement]] = []
    for regular, name in ((True, "regular hours"), (False, "extended hours")):
        hours = Hours(sessions, regular)
        rows.append((f"{name}, vendor's table", compared(folder, hours, VENDOR)))
        maker = MAKER if regular else MAKER_LATE
        rows.append((f"{name}, rules of the file's maker", compared(folder, hours, maker)))
    print(f"| bars | in both | only file | only ours | {' | '.join(FIELDS)} |")
    print("|---" * (4 + len(FIELDS)) + "|")
    for name, one in rows:
        shares = " | ".join(f"{one.share(column):.2%}" for column in FIELDS)
        print(f"| {name} | {one.both} | {one.only_file} | {one.only_ours} | {shares} |")
    for name, one in rows:
        print(f"\n{name}:\n")
        for why in sorted({why for _, why in one.classes}):
            counts = ", ".join(f"{c} {n}" for c in FIELDS if (n := one.classes[c, why]))
            print(f"- {why}: {counts}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/market"))
