"""Engines that look ahead, each by one small change of the source: what, where, how."""

# ruff: noqa: E501 - a change is read best in one line

from __future__ import annotations

from tests.domain.engine.mutants import Change

_NEXT = "min(bar + 1, desk.bars - 1)"

FAULTS: dict[str, tuple[str, tuple[Change, ...]]] = {
    "fills at the open of the decision bar": (
        "daily",
        (
            ("engine.tape", "desk.at_work = desk.fill == SAME_CLOSE", "desk.at_work = 1"),
            ("engine.kernel", "    if at_close:\n        work(", "    if desk.deciding:\n        work("),
        ),
    ),
    "fills at the close of the decision bar": (
        "daily",
        (
            ("engine.simulate", '    desk["cash"] =', '    desk["fill"] = 2\n    desk["cash"] ='),
        ),
    ),
    "fills at the low of the bar": (
        "daily",
        (
            (
                "engine.tape",
                "tape.close[n, bar] if desk.fill == SAME_CLOSE else tape.open[n, bar]",
                "tape.close[n, bar] if desk.fill == SAME_CLOSE else tape.low[n, bar]",
            ),
        ),
    ),
    "fills at the open of the bar after next": (
        "daily",
        (
            (
                "engine.tape",
                "desk.fill == SAME_CLOSE else tape.open[n, bar]",
                f"desk.fill == SAME_CLOSE else tape.open[n, {_NEXT}]",
            ),
        ),
    ),
    "a stop is hit by the low of the next bar": (
        "daily with levels",
        (
            ("engine.tape", "tape.high[n, bar], tape.low[n, bar]", f"tape.high[n, bar], tape.low[n, {_NEXT}]"),
        ),
    ),
    "a target is reached by the high of the next bar": (
        "daily with levels",
        (
            ("engine.tape", "tape.high[n, bar], tape.low[n, bar]", f"tape.high[n, {_NEXT}], tape.low[n, bar]"),
        ),
    ),
    "orders are sized by the next close": (
        "daily",
        (
            ("engine.tape", "        slot.close = tape.close[n, bar]\n        slot.changed = 1 if", f"        slot.close = tape.close[n, {_NEXT}]\n        slot.changed = 1 if"),
        ),
    ),
    "equity is marked at the next close": (
        "daily",
        (
            ("engine.kernel", "hold(desk, book, tape.close, first,", "hold(desk, book, tape.close, min(first + 1, desk.bars - (bar - first)),"),
        ),
    ),
    "the range of a decision holds two bars more": (
        "daily with levels",
        (
            ("engine.kernel", "bring_range(tape, desk, book[n], n, desk.bar)", "bring_range(tape, desk, book[n], n, min(desk.bar + 2, desk.bars - 1))"),
        ),
    ),
    "impact is that of the next bar's volume": (
        "rotation",
        (
            ("engine.tape", "slot.volume = tape.volume[n, bar]", f"slot.volume = tape.volume[n, {_NEXT}]"),
        ),
    ),
    "targets act a bar before they are decided": (
        "daily",
        (
            ("engine.simulate", "change_bar=_sealed(targets.bar)", "change_bar=_sealed(np.maximum(targets.bar - 1, 0))"),
        ),
    ),
    "the session ends where the data end": (
        "minutes",
        (
            ("engine.tape", "elif stop < desk.bars or axis.minutes_left[last] == 0:", "else:"),
        ),
    ),
    "the engine splits a bar early": (
        "daily",
        (
            ("engine.simulate", "return Events(*(_sealed(getattr(market.actions, name)) for name in fields))", "columns = {name: getattr(market.actions, name) for name in fields}\n    columns['bar'] = columns['bar'] - 1\n    return Events(*map(_sealed, columns.values()))"),
        ),
    ),
    "actions come a session before their date": (
        "daily",
        (
            ("market.align", 'events.ex_date, side="left")]', 'events.ex_date, side="left") - 1]'),
        ),
    ),
    "prices are adjusted backward": (
        "daily",
        (
            ("market.bars", "factor[bar:, symbol] *= new / old", "factor[:bar, symbol] *= old / new"),
        ),
    ),
    "a carried price knows later splits": (
        "daily",
        (
            ("market.align", "(basis / basis[bars.bar[known]])", "(basis[-1] / basis[bars.bar[known]])"),
        ),
    ),
    "missing bars are filled from behind": (
        "daily",
        (
            ("market.align", "known = np.maximum(last, 0)", "known = np.minimum(last + 1, len(bars.bar) - 1)"),
        ),
    ),
    "missing bars are filled half way": (
        "daily",
        (
            ("market.align", "carried[last < 0] =", "carried = (carried + bars.close[np.minimum(known + 1, len(bars.bar) - 1)]) / 2.0\n    carried[last < 0] ="),
        ),
    ),
    "prices are scaled by the whole sample": (
        "daily",
        (
            ("market.bars", 'factor = np.ones(self.shape, order="F")', 'factor = np.ones(self.shape, order="F") * 100.0 / self.close.mean(axis=0)'),
        ),
    ),
    "volumes are scaled by their largest": (
        "daily",
        (
            ("market.bars", "volume=_read_only(self.volume / factor)", "volume=_read_only(self.volume / self.volume.max(axis=0))"),
        ),
    ),
    "symbols are chosen by how they end": (
        "daily",
        (
            ("market.align", "    if not placed:\n", "    placed = [p for p in placed if p[0].rows.close[p[1][1][-1]] > 80.0] or placed\n    if not placed:\n"),
        ),
    ),
    "symbols are ordered by how they end": (
        "daily",
        (
            ("market.align", "    if not placed:\n", "    placed.sort(key=lambda p: p[0].rows.close[p[1][1][-1]])\n    if not placed:\n"),
        ),
    ),
    "an unfinished bar is shown": (
        "minutes",
        (
            ("market.align", "np.searchsorted(last.close_time, as_of", "np.searchsorted(last.open_time, as_of"),
        ),
    ),
    "a daily row is known a session early": (
        "daily",
        (
            ("market.align", "return table.of_daily_stamps(stamps) if", "found = table.of_daily_stamps(stamps)\n    return np.where(found > 0, found - 1, -1) if"),
        ),
    ),
    "a folded bar closes with the first minute after it": (
        "folded",
        (
            ("market.resample", "ends = np.append(starts[1:], len(bar)) - 1", "ends = np.minimum(np.append(starts[1:], len(bar)), len(bar) - 1)"),
        ),
    ),
    "a folded bar has the high of the next": (
        "folded",
        (
            ("market.resample", "high=np.maximum.reduceat(high, starts)", "high=np.roll(np.maximum.reduceat(high, starts), -1)"),
        ),
    ),
    "an unfinished window makes a folded bar": (
        "folded",
        (
            ("market.resample", "whole = begun & ended", "whole = begun"),
        ),
    ),
    "an average is centred": (
        "daily",
        (
            ("market.indicators.averages", "    return _SMA(x, n)\n", "    return np.roll(_SMA(x, n), -(n // 2))\n"),
            ("market.indicators.averages", "import math\n", "import math\nimport numpy as np\n"),
        ),
    ),
    "an average's warm-up is filled from behind": (
        "daily",
        (
            ("market.indicators.averages", "    return _EMA(x, n)\n\n\n@indicator(\"average\", \"price\", lambda n: n - 1)\ndef wma", "    out = _EMA(x, n).copy()\n    out[: n - 1] = out[min(n - 1, len(out) - 1)]\n    return out\n\n\n@indicator(\"average\", \"price\", lambda n: n - 1)\ndef wma"),
        ),
    ),
    "a score is taken over the whole sample": (
        "daily",
        (
            ("market.indicators.momentum", "divided(x - level, np.sqrt(columns.window_variance(x, n)), 0.0)", "(x - x.mean()) / x.std()"),
        ),
    ),
    "an extreme holds the next value": (
        "daily",
        (
            ("market.indicators.rolling", "the newest among them. Source: TA-Lib MAX.\"\"\"\n    return window_max(x, n)", "the newest among them. Source: TA-Lib MAX.\"\"\"\n    return window_max(np.append(x[1:], x[-1:]), n)"),
        ),
    ),
    "a rank is taken over time": (
        "rotation",
        (
            ("market.indicators.panel", "    return np.asarray(places / np.maximum(defined - 1, 1))", "    return np.asarray(np.argsort(np.argsort(x, axis=0), axis=0) / len(x) + 0.0 * places * defined)"),
        ),
    ),
}  # fmt: skip
"""By name: the chain that shows it (`daemon.domain.worlds.chains`), and what is changed."""
