"""Small pictures as SVG text: lines, areas, bars and distributions, themed by the page.

A chart is as wide as its holder and keeps its height: shapes live in an inner drawing that is
stretched, words stand outside of it at percentages, so that they keep their size on a telephone.
Colours come from the classes `accent`, `muted`, `good`, `bad`; without a style sheet everything
is drawn in `currentColor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil, log
from typing import Final

import numpy as np

from daemon.domain.briefing.scales import date_ticks, nice_ticks, steep_ticks
from daemon.domain.briefing.wording import number, percent, ratio

_WIDE: Final = 1000.0
_NARROW: Final = 240.0
"""Pixels of the narrowest drawing that words have room in: that of a small telephone."""
_LETTER: Final = 6.8
"""Pixels that a letter of a chart takes, on the safe side."""
_LABELS: Final = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a chart: its name, values and the class that colours it."""

    label: str
    values: Sequence[float]
    style: str = "accent"


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line in a distribution, with the words beside it."""

    value: float
    label: str
    style: str = "accent"


def line_chart(title: str, days: Sequence[date], lines: Sequence[Line], height: int = 190) -> str:
    """Growth of one dollar over time, ticks in per cent of the start.

    Where the highest value is more than three times the lowest, the scale is logarithmic and its
    ticks are multiples of the start.
    """
    values = np.concatenate([np.asarray(line.values, dtype=np.float64) for line in lines])
    least, most = float(values.min()), float(values.max())
    steep = least > 0 and most > 3 * least
    scale = log if steep else float
    low, high = _padded(scale(least), scale(most))
    ticks = steep_ticks(least, most) if steep else nice_ticks(low, high)
    frame = _Frame(low, high, height)
    name = _multiple if steep else _change
    levels = [(scale(tick), name(tick)) for tick in ticks]
    shapes = [frame.rule(level, "grid") for level, _ in levels]
    for line in lines:
        path = _path(_across(days), [frame.y(scale(v)) for v in line.values])
        shapes.append(_stroke(path, line.style))
    words = frame.levels(levels) + _date_words(days, height)
    return _svg(title, frame, shapes, words, gutter=True)


def area_chart(
    title: str, days: Sequence[date], line: Line, beside: Line, height: int = 110
) -> str:
    """A quantity that is never above zero (a drawdown), filled from zero, and a second line."""
    low = min(-0.01, 1.08 * min(*line.values, *beside.values))
    frame = _Frame(low, 0.0, height)
    levels = [(tick, percent(tick, 0)) for tick in nice_ticks(low, 0.0, 2)]
    across = _across(days)
    path = _path(across, [frame.y(v) for v in line.values])
    other = _path(across, [frame.y(v) for v in beside.values])
    area = f"{path}L{_WIDE:g} {frame.y(0):.1f}L0 {frame.y(0):.1f}Z"
    shapes = [frame.rule(level, "grid") for level, _ in levels]
    shapes.append(_stroke(other, beside.style))
    shapes += [f'<path class="area {line.style}" d="{area}" fill="currentColor" opacity=".25"/>']
    shapes.append(_stroke(path, line.style))
    words = frame.levels(levels) + _date_words(days, height)
    return _svg(title, frame, shapes, words, gutter=True)


def bar_chart(title: str, labels: Sequence[str], values: Sequence[float | None]) -> str:
    """One bar a value around zero; None leaves a gap with a dash.

    Labels stand below, of more than six bars below every second, or third, and so on.
    """
    known = [v for v in values if v is not None]
    low, high = _padded(min([0.0, *known]), max([0.0, *known, 0.1]))
    frame = _Frame(low, high, 110)
    step, shapes, words = _WIDE / len(values), [frame.rule(0.0, "axis")], []
    every = ceil(len(values) / _LABELS)
    for k, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = 100 * (k + 0.5) / len(values)
        if k % every == 0:
            words.append(_word(middle, frame.height - 6, label, "middle"))
        top = frame.y(max(value or 0.0, 0.0))
        words.append(_word(middle, top - 4, ratio(value, 1), "middle"))
        if value is not None:
            tall = abs(frame.y(value) - frame.y(0.0))
            style = "good" if value > 0 else "bad"
            shapes.append(_box((k + 0.2) * step, top, 0.6 * step, max(tall, 1.0), style))
    return _svg(title, frame, shapes, words)


def distribution(title: str, values: Sequence[float], marks: Sequence[Mark]) -> str:
    """A histogram with labelled vertical lines.

    Labels are stacked to the left of their lines, the highest on top, and the scale begins low
    enough for them: so none leaves the drawing, and no line runs through a label.
    """
    points = [*values, *(mark.value for mark in marks)]
    low, high = _padded(min(points), max(points))
    low = min([low, *(_start(mark, high) for mark in marks)])
    counts, _ = np.histogram(values, bins=48, range=(low, high))
    head = 18.0 * len(marks) + 8
    frame = _Frame(0.0, float(counts.max()), int(head) + 130, head)
    step = _WIDE / len(counts)
    shapes = [frame.rule(0.0, "axis")]
    shapes += [
        _box(k * step + 1, frame.y(float(n)), step - 2, frame.y(0) - frame.y(float(n)), "muted")
        for k, n in enumerate(counts)
        if n
    ]
    words = []
    for k, mark in enumerate(sorted(marks, key=lambda m: -m.value)):
        share, top = (mark.value - low) / (high - low), 18.0 * k + 12
        line = f"M{_WIDE * share:.1f} {top - 8:.1f}V{frame.y(0):.1f}"
        shapes.append(_stroke(line, mark.style))
        words.append(_word(100 * share, top, mark.label, "end", -6, mark.style))
    for tick in nice_ticks(low, high, 5):
        share = (tick - low) / (high - low)
        words.append(_word(100 * share, frame.height - 5, ratio(tick, 1), "middle"))
    return _svg(title, frame, shapes, words)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie: from `low` at the bottom to `high` below a head of some pixels."""

    low: float
    high: float
    height: int
    head: float = 14.0
    foot: float = 22.0

    def y(self, value: float) -> float:
        tall = self.height - self.head - self.foot
        return self.head + tall * (self.high - value) / (self.high - self.low)

    def rule(self, level: float, style: str) -> str:
        return _stroke(f"M0 {self.y(level):.1f}H{_WIDE:g}", style)

    def levels(self, ticks: Sequence[tuple[float, str]]) -> list[str]:
        return [_word(0, self.y(level) + 4, text, "end", -8) for level, text in ticks]


def _change(growth: float) -> str:
    return percent(growth - 1, 0)


def _multiple(growth: float) -> str:
    return f"{number(growth)}\u00a0×"


def _start(mark: Mark, high: float) -> float:
    """Where a scale up to `high` has to begin for the label left of a mark to have room."""
    share = min((_LETTER * len(mark.label) + 8) / _NARROW, 0.75)
    return (mark.value - share * high) / (1 - share)


def _padded(low: float, high: float) -> tuple[float, float]:
    room = 0.06 * (high - low) or 0.05
    return low - room, high + room


def _across(days: Sequence[date]) -> list[float]:
    span = max((days[-1] - days[0]).days, 1)
    return [_WIDE * (day - days[0]).days / span for day in days]


def _path(across: Sequence[float], down: Sequence[float]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True))


def _stroke(path: str, style: str) -> str:
    return (
        f'<path class="{style}" d="{path}" fill="none" stroke="currentColor" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _box(x: float, y: float, wide: float, tall: float, style: str) -> str:
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
        f'height="{tall:.1f}" fill="currentColor"/>'
    )


def _word(across: float, y: float, text: str, anchor: str, shift: int = 0, style: str = "") -> str:
    return (
        f'<text class="{style}" x="{across:.2f}%" dx="{shift}" y="{y:.1f}" '
        f'text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'
    )


def _date_words(days: Sequence[date], height: int) -> list[str]:
    span = max((days[-1] - days[0]).days, 1)
    words = []
    for day, label in date_ticks(days[0], days[-1]):
        share = 100 * (day - days[0]).days / span
        anchor = "start" if share < 4 else "end" if share > 96 else "middle"
        words.append(_word(share, height - 5, label, anchor))
    return words


def _svg(
    title: str, frame: _Frame, shapes: Sequence[str], words: Sequence[str], gutter: bool = False
) -> str:
    wide, left = ("calc(100% - 58px)", "58px") if gutter else ("100%", "0")
    return (
        f'<svg class="chart" role="img" height="{frame.height}" '
        f'style="width:{wide};margin-left:{left};overflow:visible" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="12"><title>{escape(title)}</title>'
        f'<svg viewBox="0 0 {_WIDE:g} {frame.height}" preserveAspectRatio="none" width="100%" '
        f'height="{frame.height}" overflow="visible">{"".join(shapes)}</svg>'
        f"{''.join(words)}</svg>"
    )
