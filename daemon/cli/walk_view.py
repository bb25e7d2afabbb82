"""How a walk-forward benchmark looks: a table of its periods, then what they say and cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from daemon.cli.output import out, print_table
from daemon.domain.stats.metrics import SESSIONS_A_YEAR

COLUMNS: Final = (
    "tested",
    "symbols",
    "judged",
    "rank correlation",
    "beside the market",
    "without selection",
)
SHARPE_COLUMNS: Final = ("annual Sharpe ratio in the test periods", "mean", "95 %")


def print_walk(found: Mapping[str, Any]) -> None:
    """The figures of a walk-forward benchmark."""
    print_table("", COLUMNS, period_rows(found), right=COLUMNS[1:])
    print_table("", SHARPE_COLUMNS, sharpe_rows(found), right=SHARPE_COLUMNS[1:])
    for sentence in walk_sentences(found):
        out.print(sentence, markup=False, soft_wrap=True)


def period_rows(found: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """A row for each test period, in the order of `COLUMNS`."""
    return [
        (
            f"{period['test_from']} to {period['test_until']}",
            period["symbols"],
            period["judged"],
            figure(period["rank_correlation"]),
            figure(period["rank_correlation_beside_market"]),
            figure(period["rank_correlation_random"]),
        )
        for period in found["periods"]
    ]


def sharpe_rows(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Mean and interval of every account that is compared."""
    names = {
        "every judged genome of the search": "archive",
        "the best of them by fitness": "winner",
        "every judged genome bred without selection": "random",
        "search less random, at equal turnover": "over_random",
        "buy and hold": "held",
        "the seed that follows trends, sized by volatility": "trend",
    }
    return [(words, *_mean_and_interval(found[name])) for words, name in names.items()]


def walk_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """What the figures mean, and what they cannot mean."""
    correlation = found["rank_correlation"]
    yield _verdict(correlation)
    beside, random = (found[f"rank_correlation_{name}"] for name in ("beside_market", "random"))
    if beside is not None:
        yield f"Of what they earned beside the market (beta taken out) it is {_whole(beside)}."
    if random is not None:
        yield f"Over genomes bred without selection it is {_whole(random)}."
    yield from _compared(found)
    yield _precision(found["tested"], len(found["periods"]))
    yield (
        "The symbols are those that were kept to this day; what failed meanwhile is not among "
        "them, which flatters whatever buys and holds."
    )
    failed = sum(period["failed"] for period in found["periods"])
    if failed:
        yield f"{failed} genomes could not be run on the longer market and are left out."


def figure(value: float | None) -> str:
    """Two digits with a sign, or a dash where there is no value."""
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def _verdict(correlation: Mapping[str, Any] | None) -> str:
    if correlation is None:
        return "In no period were there enough judged genomes to rank; nothing was measured."
    said = f"Fitness and what followed have a mean rank correlation of {_whole(correlation)}"
    if correlation["interval"] is None:
        return (
            f"{said}; so few periods give no interval: this shows that the measurement runs, and "
            "says nothing of the search."
        )
    low, high = correlation["interval"]
    if low > 0.0:
        return f"{said}: what fitness ranked higher did better in the following period."
    if high < 0.0:
        return f"{said}: what fitness ranked higher did worse in the following period."
    return f"{said}: this does not show that fitness tells anything of the following period."


def _compared(found: Mapping[str, Any]) -> Iterator[str]:
    """Beside genomes bred without selection, and beside holding the symbols."""
    apart = found["over_random"]
    if apart is not None:
        said = f"At equal turnover the search's genomes earned {_whole(apart)} more of Sharpe ratio"
        shown = apart["interval"] is not None and apart["interval"][0] > 0.0
        doubt = "" if shown else "; this does not show that selection bred better ones"
        yield (
            f"{said} than those bred without selection{doubt} ({found['matched']:.0%} of them "
            "have such others to compare with)."
        )
    archive, winner = found["archive"], found["winner"]
    if archive is not None and winner is not None:
        held = found["held"]["mean"]
        beaten = sum(one["mean"] > held for one in (archive, winner))
        words = ("neither the genomes on average nor the best", "one of the two", "both")[beaten]
        yield f"Buy and hold had {figure(held)}; {words} did better than that."


def _precision(tested: int, periods: int) -> str:
    alone = math.sqrt(SESSIONS_A_YEAR / tested)
    return (
        f"A test period of {tested} sessions knows an annual Sharpe ratio to ±{alone:.1f} (one "
        f"standard error), all {periods} together to ±{alone / math.sqrt(periods):.1f}; genomes "
        "of one period are relatives and share its luck."
    )


def _whole(mean: Mapping[str, Any]) -> str:
    value, interval = _mean_and_interval(mean)
    return f"{value} ({interval})" if mean["interval"] is not None else value


def _mean_and_interval(mean: Mapping[str, Any] | None) -> tuple[str, str]:
    if mean is None:
        return "–", "–"
    interval: Sequence[float] | None = mean["interval"]
    if interval is None:
        return figure(mean["mean"]), "–"
    return figure(mean["mean"]), f"{figure(interval[0])} to {figure(interval[1])}"
