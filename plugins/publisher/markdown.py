"""The briefing as Markdown: readable as it is, and good enough for a terminal renderer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from daemon.domain.briefing.document import Briefing, Strategy, Tally
from daemon.domain.briefing.text import (
    curve_words,
    fee_words,
    origin_words,
    params_words,
    ran_words,
    tally_groups,
    tested_sentences,
)
from daemon.domain.briefing.wording import percent, ratio
from plugins.publisher.recipe import recipe_rows

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def as_markdown(briefing: Briefing) -> str:
    """The whole document; text from genomes is escaped, curves are block characters."""
    shown = briefing.top or briefing.near_misses
    title = "Top strategies" if briefing.top else "Closest to passing"
    parts = [
        f"# {_safe(briefing.headline)}",
        f"Night Shift, morning briefing of `{briefing.night}`",
        _banner(briefing),
        _safe(" ".join(briefing.summary)),
        _section("Needs you", briefing.decisions or ("Nothing needs your decision.",)),
        f"## What ran\n\n{ran_words(briefing)}",
        f"## {title}" if shown else "",
        *(_strategy(place, strategy) for place, strategy in enumerate(shown, start=1)),
        _section("Put to the tests", tested_sentences(briefing, len(briefing.finalists), True)),
        _section("What was learnt", briefing.learnt),
        _operators(briefing),
        *(
            _tallies(f"{title}: {count}", tallies)
            for title, count, tallies in tally_groups(briefing)
        ),
        *_market(briefing),
        _recipe(briefing),
    ]
    return "\n\n".join(part for part in parts if part).replace("\u00a0", " ") + "\n"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _banner(briefing: Briefing) -> str:
    if not briefing.simulation:
        return ""
    return f"> **SIMULATED MARKET**\n>\n> {_safe(briefing.simulation)}"


def _section(title: str, sentences: Iterable[str]) -> str:
    lines = [f"- {_safe(sentence)}" for sentence in sentences]
    return "\n".join([f"## {title}", "", *lines]) if lines else ""


def _strategy(place: int, strategy: Strategy) -> str:
    lines = [
        f"### {place}. {_safe(strategy.name)}",
        _safe(strategy.idea),
        f"`{curve_words(strategy, 60)}`",
        _figures(strategy),
        f"{_safe(origin_words(strategy))} {_safe(strategy.character)}",
    ]
    if params := params_words(strategy):
        lines.append(f"Parameters: {_safe(params)}.")
    if strategy.verdict:
        lines.append(f"What stood in the way: {_safe(strategy.verdict)}.")
    if strategy.proven:
        lines.append("Proven: it passed every check of the ladder.")
    if strategy.chance:
        lines.append(f"How likely this is luck: {_safe(strategy.chance.luck)}")
        lines.append(f"What would settle it: {_safe(strategy.chance.settles)}")
    if strategy.notes:
        kept = [f"- {_safe(note)}" for note in strategy.notes]
        lines.append("\n".join(["To keep in mind:", "", *kept]))
    if strategy.change:
        lines.append(_fenced(strategy.change))
    return "\n\n".join(lines)


def _figures(strategy: Strategy) -> str:
    metrics, hold = strategy.metrics, strategy.benchmark
    rows = [
        ("Return a year", percent(metrics.cagr), percent(hold.cagr)),
        ("Return in all", percent(metrics.total_return), percent(hold.total_return)),
        ("Sharpe ratio", ratio(metrics.sharpe), ratio(hold.sharpe)),
        ("Deepest fall", percent(metrics.max_drawdown), percent(hold.max_drawdown)),
        ("Trades", f"{metrics.trades:,}", ""),
        ("Fees", fee_words(strategy), ""),
        ("Time invested", percent(metrics.exposure, 0, signed=False), ""),
        ("Selection fitness", ratio(strategy.selection), ""),
    ]
    return _table(("", "strategy", "buy and hold"), rows)


def _operators(briefing: Briefing) -> str:
    rows = [
        (_safe(o.name), f"{o.children}", f"{o.improved} of {o.comparable}", ratio(o.best_gain))
        for o in briefing.operators
    ]
    return _table(("change", "children", "beat the parent", "best gain"), rows) if rows else ""


def _tallies(title: str, tallies: Sequence[Tally]) -> str:
    rows = [(f"{t.count:,}", _safe(t.name), _safe(t.example)) for t in tallies]
    return f"## {title}\n\n{_table(('how many', 'why', 'for example'), rows)}" if rows else ""


def _market(briefing: Briefing) -> tuple[str, str]:
    market = briefing.market
    sentences = (*market.facts, *market.quality_words, *market.warnings)
    rows = [
        (
            f"{_safe(row.symbol)} {row.bars}{', left out' if row.refused else ''}",
            percent(row.good, 1, signed=False),
            f"{row.bad:,}",
            f"{row.worst}: {_safe(row.sentence)}",
        )
        for row in market.quality
    ]
    head = ("bars", "good sessions", "bad ones", "the worst")
    return _section("Data health", sentences), _table(head, rows) if rows else ""


def _recipe(briefing: Briefing) -> str:
    rows = recipe_rows(briefing, _safe, "`{}`".format)
    return f"## How to compute it again\n\n{_table(('', ''), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"
