"""The briefing as one self-contained page: style and pictures inside, no scripts, no requests."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from daemon.domain.briefing.charts import Mark, distribution
from daemon.domain.briefing.document import Briefing, Clock, MarketState, Tally
from daemon.domain.briefing.text import ran_words, tally_groups
from daemon.domain.briefing.wording import counted, day_text, percent, ratio
from plugins.publisher.card import card
from plugins.publisher.evidence import finalists
from plugins.publisher.markup import figures, items, keys, table
from plugins.publisher.recipe import recipe_rows

_STYLE: Final = Path(__file__).with_name("page.css")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_WORDS: Final = (
    ("Sharpe ratio", "return for each unit of fluctuation, a year; above 1 is good, above 3 rare"),
    ("deepest fall", "the largest loss from a high to the low after it (maximum drawdown)"),
    ("fitness", "Sharpe ratio tempered by losses and drawdown; it orders the search"),
    ("selection fitness", "the lower quarter of the fitness over the blocks; it has a threshold"),
    ("screened", "reached the threshold: worth a closer look, and no evidence yet"),
    ("block", "a stretch of the history that is judged by itself"),
    ("buy and hold", "equal dollars in each symbol from its second bar on, without costs"),
    ("strict rule", "the hurdle is what luck gives if all that sets the trials apart is luck"),
    ("proven", "passed every check of the ladder, the last on sessions kept from the search"),
    ("trial", "one strategy priced on all bars; each one is counted, the failed ones too"),
)


def as_page(briefing: Briefing) -> str:
    """The whole document as HTML; every text from genomes is escaped."""
    shown = briefing.top or briefing.near_misses
    title = "Top strategies" if briefing.top else "What came closest"
    body = [
        _masthead(briefing),
        _banner(briefing),
        "<main>",
        f"<h1>{escape(briefing.headline)}</h1>",
        _summary(briefing.summary),
        _decisions(briefing.decisions),
        _figures(briefing),
        f"<h2>{title}</h2>" if shown else "",
        *(card(place, strategy) for place, strategy in enumerate(shown, start=1)),
        finalists(briefing),
        _learnt(briefing),
        _failures(briefing),
        _market(briefing),
        _recipe(briefing),
        _glossary(),
        "</main>",
        _footer(briefing),
    ]
    return _document(f"Night Shift: {briefing.headline}", "\n".join(part for part in body if part))


def _document(title: str, body: str) -> str:
    style = _STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _masthead(briefing: Briefing) -> str:
    day = day_text(briefing.clock.started.date())
    return (
        '<header class="masthead"><div><b>Night Shift</b> morning briefing</div>'
        f"<div>{escape(day)}, {escape(briefing.night)}</div></header>"
    )


def _banner(briefing: Briefing) -> str:
    if not briefing.simulation:
        return ""
    return (
        '<aside class="simulated"><strong>SIMULATED MARKET</strong>'
        f"<span>{escape(briefing.simulation)}</span></aside>"
    )


def _summary(sentences: Sequence[str]) -> str:
    first, *rest = sentences
    return f'<p class="lead">{escape(first)}</p><p>{escape(" ".join(rest))}</p>'


def _decisions(decisions: Sequence[str]) -> str:
    if not decisions:
        return (
            '<section class="decision"><h2>Needs you</h2>'
            "<p>Nothing needs your decision.</p></section>"
        )
    return f'<section class="decision flag"><h2>Needs you</h2>{items(decisions)}</section>'


def _figures(briefing: Briefing) -> str:
    ran, luck, market = briefing.ran, briefing.luck, briefing.benchmark
    cells = [
        ("Trials priced", f"{ran.evaluated:,}", f"of {ran.tried:,} tried, {ran.judged:,} judged"),
        ("Screened", f"{ran.accepted:,}", "reached the threshold"),
        (
            "Best Sharpe",
            ratio(luck.best),
            f"of {luck.judged:,} judged, {luck.trials:,} priced ever",
        ),
        ("Luck alone", ratio(luck.noise), f"1 time in 20 above {ratio(luck.bound)}"),
        (
            "Buy and hold",
            ratio(market.sharpe) if market else "–",
            f"{percent(market.cagr)} a year" if market else "",
        ),
    ]
    return figures(cells)


def _learnt(briefing: Briefing) -> str:
    parts = ["<h2>What was learnt</h2>", items(briefing.learnt), _spread(briefing)]
    if briefing.operators:
        rows = [
            (
                escape(o.name),
                f"{o.children:,}",
                f"{o.improved} of {o.comparable}",
                ratio(o.best_gain),
            )
            for o in briefing.operators
        ]
        head = ("change made to a parent", "children", "better than it", "best gain")
        parts.append(table(head, rows, ("", "n", "n", "n")))
    return "\n".join(parts)


def _spread(briefing: Briefing) -> str:
    if len(briefing.sharpes) < 2:
        return ""
    marks = []
    if briefing.benchmark is not None and briefing.benchmark.sharpe is not None:
        held = briefing.benchmark.sharpe
        marks.append(Mark(held, f"buy and hold {ratio(held)}", "axis"))
    if briefing.luck.noise is not None:
        luck = briefing.luck.noise
        marks.append(Mark(luck, f"luck alone {ratio(luck)}", "axis"))
    if briefing.luck.bound is not None:
        bound = briefing.luck.bound
        marks.append(Mark(bound, f"luck, 1 time in 20 {ratio(bound)}", "axis"))
    left_out = ", without suspected leaks" if briefing.ran.quarantined else ""
    judged = f"{counted(len(briefing.sharpes), 'trial')} of the night that could be judged"
    best = max(briefing.sharpes)
    marks.append(Mark(best, f"best of the night {ratio(best)}"))
    picture = distribution(
        "How many trials had which Sharpe ratio, with the market and luck marked",
        briefing.sharpes,
        marks,
    )
    return (
        '<figure class="sheet"><figcaption>Sharpe ratios of '
        f"{judged}{left_out}</figcaption>{picture}</figure>"
    )


def _failures(briefing: Briefing) -> str:
    if not briefing.refusals and not briefing.lessons:
        return ""
    parts = ["<h2>What failed, and why</h2>", f"<p>{escape(ran_words(briefing))}</p>"]
    parts += [
        _tallies(f"{title}: {count}", tallies) for title, count, tallies in tally_groups(briefing)
    ]
    return "\n".join(parts)


def _tallies(title: str, tallies: Sequence[Tally]) -> str:
    most = max(tally.count for tally in tallies)
    rows = [
        (
            f"{tally.count:,}",
            f'<span class="bar" style="width:{100 * tally.count / most:.0f}%"></span>',
            _explained(tally),
        )
        for tally in tallies
    ]
    return f"<h4>{title}</h4>{table(('', '', ''), rows, ('n', 'bars', ''))}"


def _explained(tally: Tally) -> str:
    if not tally.example:
        return escape(tally.name)
    return f'{escape(tally.name)}<br><span class="soft small">{escape(tally.example)}</span>'


def _market(briefing: Briefing) -> str:
    market = briefing.market
    warnings = f"<h4>To keep in mind</h4>{items(market.warnings)}" if market.warnings else ""
    names = ", ".join(market.symbols)
    symbols = f'<p class="soft small">{escape(names)}</p>' if names else ""
    facts = items((*market.facts, *market.quality_words))
    return f"<h2>Data health</h2>{facts}{symbols}{_quality(market)}{warnings}"


def _quality(market: MarketState) -> str:
    rows = [
        (
            f"{escape(row.symbol)} {row.bars}{', <b>left out</b>' if row.refused else ''}",
            percent(row.good, 1, signed=False),
            f"{row.bad:,}",
            f'{day_text(row.worst)}<br><span class="soft small">{escape(row.sentence)}</span>',
        )
        for row in market.quality
    ]
    head = ("bars", "good sessions", "bad ones", "the worst")
    return table(head, rows, ("", "n", "n", "below")) if rows else ""


def _recipe(briefing: Briefing) -> str:
    rows = recipe_rows(briefing, escape, _code)
    return f"<h2>How to compute it again</h2>{keys(rows)}"


def _code(text: str) -> str:
    """Each word whole on its line where there is room, so that no line ends in a hyphen."""
    return " ".join(f"<code>{escape(word)}</code>" for word in text.split(" "))


def _glossary() -> str:
    rows = [(escape(word), escape(meaning)) for word, meaning in _WORDS]
    return f"<h2>Words used here</h2>{keys(rows)}"


def _footer(briefing: Briefing) -> str:
    return f"<footer>{escape(_clock_words(briefing.clock))}</footer>"


def _clock_words(clock: Clock) -> str:
    started = f"Started {clock.started:%Y-%m-%d %H:%M} UTC"
    if clock.ended is None:
        return f"{started}."
    minutes = (clock.ended - clock.started).total_seconds() / 60
    return f"{started}; the last trial ended {minutes:,.1f} minutes later."
