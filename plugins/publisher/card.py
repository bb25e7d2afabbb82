"""One strategy on the page: idea, figures, pictures, origin and code."""

from __future__ import annotations

from html import escape

from daemon.domain.briefing.charts import Line, area_chart, bar_chart, line_chart
from daemon.domain.briefing.document import Strategy
from daemon.domain.briefing.text import origin_words, params_words
from daemon.domain.briefing.wording import dollars, percent, ratio
from plugins.publisher.evidence import luck
from plugins.publisher.markup import figures, items


def card(place: int, strategy: Strategy) -> str:
    """The strategy as an <article>; everything a genome says is escaped."""
    verdict = strategy.verdict
    parts = [
        "<article>",
        f'<header><span class="place">{place}</span>{_name(strategy)}',
        f'<p class="idea">{escape(strategy.idea)}</p></header>',
        f'<p class="verdict">What stood in the way: {escape(verdict)}.</p>' if verdict else "",
        _figures(strategy),
        luck(strategy),
        f"<h4>To keep in mind</h4>{items(strategy.notes)}" if strategy.notes else "",
        _growth(strategy),
        _blocks(strategy),
        _words(strategy),
        _code(strategy),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _name(strategy: Strategy) -> str:
    mark = ' <span class="mark">proven</span>' if strategy.proven else ""
    return f"<h3>{escape(strategy.name)}{mark}</h3>"


def _figures(strategy: Strategy) -> str:
    metrics, hold = strategy.metrics, strategy.benchmark
    share = strategy.fee_share
    of_gross = "no gross profit" if share is None else f"{percent(share, signed=False)} of gross"
    won = f"{percent(metrics.win_rate, 0, signed=False)} won"
    fitness = f"fitness {ratio(strategy.fitness)} in all"
    cells = [
        ("Return a year", percent(metrics.cagr), f"held {percent(hold.cagr)}"),
        ("Sharpe ratio", ratio(metrics.sharpe), f"held {ratio(hold.sharpe)}"),
        ("Deepest fall", percent(metrics.max_drawdown), f"held {percent(hold.max_drawdown)}"),
        ("Selection fitness", ratio(strategy.selection), fitness),
        ("Return in all", percent(metrics.total_return), f"held {percent(hold.total_return)}"),
        ("Trades", f"{metrics.trades:,}", won),
        ("Fees", dollars(metrics.fees), of_gross),
        ("Time invested", percent(metrics.exposure, 0, signed=False), strategy.timeframe + " bars"),
    ]
    return figures(cells)


def _growth(strategy: Strategy) -> str:
    curve, name = strategy.curve, strategy.name
    growth = line_chart(
        f"Growth of {name} against buy and hold",
        curve.days,
        [Line("buy and hold", curve.benchmark, "muted"), Line(name, curve.strategy)],
    )
    falls = area_chart(
        f"Drawdown of {name} against buy and hold",
        curve.days,
        Line(name, curve.drawdown),
        Line("buy and hold", curve.benchmark_drawdown, "muted"),
    )
    return (
        '<h4>Growth</h4><p class="legend"><span><i></i>this strategy, after costs</span>'
        f'<span><i class="muted"></i>buy and hold</span></p>{growth}'
        f"<h4>Below the last high</h4>{falls}"
    )


def _blocks(strategy: Strategy) -> str:
    if not strategy.blocks:
        return ""
    labels = [f"{block.start:%b ’%y}" for block in strategy.blocks]
    values = [block.fitness for block in strategy.blocks]
    picture = bar_chart(f"Fitness of {strategy.name}, block by block", labels, values)
    return f"<h4>Fitness of each block, by its first month</h4>{picture}"


def _words(strategy: Strategy) -> str:
    sentences = [origin_words(strategy), strategy.character]
    if params := params_words(strategy):
        sentences.append(f"Parameters: {params}.")
    return f'<p class="small" style="margin-top:20px">{escape(" ".join(sentences))}</p>'


def _code(strategy: Strategy) -> str:
    change = ""
    if strategy.change:
        lines = "\n".join(_diff_line(line) for line in strategy.change.split("\n"))
        change = f"<details><summary>What changed</summary><pre>{lines}</pre></details>"
    source = f"<details><summary>The code</summary><pre>{escape(strategy.source)}</pre></details>"
    return change + source


def _diff_line(line: str) -> str:
    style = {"+": "add", "-": "del", "@": "at"}.get(line[:1], "")
    return f'<span class="{style}">{escape(line)}</span>' if style else escape(line)
