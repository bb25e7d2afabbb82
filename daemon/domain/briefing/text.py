"""The briefing as plain text for a terminal: one long screen, with block-character curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from textwrap import wrap
from typing import Final

from daemon.domain.briefing.chance import chance_line
from daemon.domain.briefing.document import Briefing, Ran, Strategy, Tally
from daemon.domain.briefing.finalists import finalist_sentence
from daemon.domain.briefing.scales import sparkline
from daemon.domain.briefing.tallies import FAILED
from daemon.domain.briefing.wording import counted, dollars, listed, number, percent, plain, ratio

LINES: Final = 72


@dataclass(frozen=True, slots=True)
class _Room:
    """How many of each the text shows.

    odds: whether it says how likely a strategy is luck. shared: what is true of all finalists.
    """

    decisions: int
    strategies: int
    odds: bool
    finalists: int
    shared: bool
    sentences: int
    reasons: int
    facts: int


_ROOMS: Final = (
    _Room(9, 20, True, 9, True, 6, 3, 6),
    _Room(9, 5, True, 9, True, 4, 3, 5),
    _Room(9, 5, True, 5, False, 3, 2, 4),
    _Room(5, 5, True, 5, False, 2, 1, 3),
    _Room(5, 4, True, 5, False, 1, 1, 2),
    _Room(4, 3, True, 5, False, 1, 1, 2),
    _Room(3, 3, True, 5, False, 1, 0, 1),
    _Room(3, 2, True, 5, False, 1, 0, 1),
    _Room(2, 2, True, 3, False, 1, 0, 1),
    _Room(2, 1, True, 3, False, 1, 0, 1),
    _Room(1, 1, True, 3, False, 0, 0, 0),
    _Room(1, 1, True, 0, False, 1, 0, 1),
    _Room(1, 1, False, 0, False, 0, 0, 0),
)
"""From the roomiest to the barest; sections are shortened, paragraphs never cut.

The finalists, each with what stood in its way, give way last: they are what the night is about.
"""


def as_text(briefing: Briefing, width: int = 88) -> str:
    """The document in `width` columns, ordinary spaces only; longer where it is very narrow."""
    for room in _ROOMS:
        lines = _lines(briefing, width, room)
        if len(lines) <= LINES:
            break
    return "\n".join(lines).replace("\u00a0", " ")


def tally_groups(briefing: Briefing) -> tuple[tuple[str, str, tuple[Tally, ...]], ...]:
    """What failed in three groups: a title, how many in words, and the reasons.

    Children without a trial, trials without a judgement, trials that broke.
    """
    judged = tuple(t for t in briefing.refusals if t.code != FAILED)
    broken = tuple(t for t in briefing.refusals if t.code == FAILED)
    groups = (
        ("Refused before they cost anything", ("child", "children"), tuple(briefing.lessons)),
        ("Priced, but could not be judged", ("trial", "trials"), judged),
        ("Never priced", ("trial", "trials"), broken),
    )
    return tuple(
        (title, counted(sum(t.count for t in tallies), *noun), tallies)
        for title, noun, tallies in groups
        if tallies
    )


def tested_sentences(briefing: Briefing, most: int, shared: bool) -> tuple[str, ...]:
    """What came of the finalists, at most so many of them; with 0 only how many there were.

    shared: also all that is true of all of them.
    """
    words, each = briefing.finalists_words, [finalist_sentence(one) for one in briefing.finalists]
    if not most:
        return words[:1]
    return (*(words if shared else words[:1]), *_some(each, most))


def ran_words(briefing: Briefing) -> str:
    """What ran, in one sentence, and one for each thing out of the ordinary."""
    ran = briefing.ran
    leaks = f", {ran.quarantined:,} quarantined as suspected leaks" if ran.quarantined else ""
    sentences = [
        f"{counted(ran.tried, 'trial')} ({ran.asked:,} asked for): {ran.evaluated:,} priced, "
        f"{ran.failed:,} could not be run.",
        f"Of those priced {ran.judged:,} could be judged, {ran.without_fitness:,} could not; "
        f"{counted(ran.accepted, 'strategy', 'strategies')} reached the threshold (screened)"
        f"{leaks}.",
        f"{counted(ran.refused, 'child', 'children')} refused before they cost anything, "
        f"in {counted(ran.generations, 'generation')}.",
    ]
    return " ".join([*sentences, *_remarks(ran)])


def _remarks(ran: Ran) -> list[str]:
    known = counted(ran.rechecked, "known strategy", "known strategies")
    remarks = (
        (
            ran.carried,
            f"Work left over by earlier nights came first: {counted(ran.carried, 'job')}.",
        ),
        (ran.rechecked, f"Tried again under a changed market, settings or engine: {known}."),
        (
            ran.retried_timeouts,
            f"This night may not be repeatable: {counted(ran.retried_timeouts, 'genome')} ran out "
            "of time on a busy machine and ran once more.",
        ),
    )
    return [words for count, words in remarks if count]


def origin_words(strategy: Strategy) -> str:
    """Where a strategy came from, in one sentence."""
    if not strategy.parents:
        return f"Written by {strategy.operator}."
    return (
        f"Child of {listed([p.name for p in strategy.parents])}; the change: {strategy.operator}."
    )


def fee_words(strategy: Strategy) -> str:
    """Fees in dollars, and as a share of what was earned before them."""
    share = strategy.fee_share
    paid = dollars(strategy.metrics.fees)
    return paid if share is None else f"{paid} ({percent(share, signed=False)} of gross profit)"


def curve_words(strategy: Strategy, width: int) -> str:
    """The equity as block characters; equal steps are equal growth."""
    return sparkline([log(max(value, 1e-6)) for value in strategy.curve.strategy], width)


def params_words(strategy: Strategy) -> str:
    """The parameters as "rsi 2, trend 200"."""
    return ", ".join(f"{name} {number(value)}" for name, value in strategy.params.items())


def _masthead(briefing: Briefing, width: int) -> list[str]:
    lines = [f"NIGHT SHIFT  morning briefing of {briefing.night}", "═" * width]
    if briefing.simulation:
        lines += ["S I M U L A T E D   M A R K E T".center(width).rstrip()]
        lines += [line.center(width).rstrip() for line in wrap(briefing.simulation, width - 8)]
        lines += ["═" * width]
    return [*lines, *wrap(briefing.headline, width), *wrap(ran_words(briefing), width), ""]


def _paragraphs(sentences: Iterable[str], width: int) -> list[str]:
    return wrap(" ".join(sentences), width)


def _section(name: str, sentences: Sequence[str], width: int) -> list[str]:
    if not sentences:
        return []
    lines = [name]
    for sentence in sentences:
        lines += wrap(sentence, width, initial_indent="  · ", subsequent_indent="    ")
    return [*lines, ""]


def _lines(briefing: Briefing, width: int, room: _Room) -> list[str]:
    market = briefing.market
    data = (*market.quality_words, *market.warnings, *market.facts)
    decisions = briefing.decisions or ("Nothing needs your decision.",)
    return [
        *_masthead(briefing, width),
        *_paragraphs(briefing.summary, width),
        "",
        *_section("Needs you", _some(decisions, room.decisions), width),
        *_strategies(briefing, width, room),
        *_section("Put to the tests", _tested(briefing, room), width),
        *_section("Learnt", briefing.learnt[: room.sentences], width),
        *_failures(briefing, width, room.reasons),
        *_section("Data", data[: room.facts], width),
        *_again(briefing, width),
    ]


def _tested(briefing: Briefing, room: _Room) -> tuple[str, ...]:
    return tested_sentences(briefing, room.finalists, room.shared)


def _some(sentences: Sequence[str], most: int) -> tuple[str, ...]:
    left = len(sentences) - most
    return (*sentences[:most], f"and {left:,} more") if left > 0 else tuple(sentences)


def _strategies(briefing: Briefing, width: int, room: _Room) -> list[str]:
    shown, most = briefing.top or briefing.near_misses, room.strategies
    if not shown:
        return []
    lines = ["Top strategies" if briefing.top else "Closest to passing"]
    for place, strategy in enumerate(shown[:most], start=1):
        lines += _strategy(place, strategy, width, room.odds)
    if len(shown) > most:
        lines.append(f"  and {len(shown) - most:,} more")
    return [*lines, ""]


def _failures(briefing: Briefing, width: int, most: int) -> list[str]:
    lines = []
    for title, count, tallies in tally_groups(briefing):
        lines += _section(f"{title}: {count}", _reasons(tallies, most), width)[:-1]
        if most == 0:
            lines.append(f"{title}: {count}")
    return [*lines, ""] if lines else []


def _reasons(tallies: Sequence[Tally], most: int) -> tuple[str, ...]:
    shown = tuple(f"{tally.count:,} × {tally.name}" for tally in tallies[:most])
    left = tallies[most:]
    if not left or not most:
        return shown
    rest, kinds = sum(t.count for t in left), len(left)
    others = "1 other" if rest == 1 else f"{rest:,} others"
    return (*shown, f"and {others}, for {kinds:,} other reason{'s' if kinds > 1 else ''}")


def _again(briefing: Briefing, width: int) -> list[str]:
    """How to compute the night again; the command stays whole, so that it can be copied."""
    if not briefing.recipe.fresh:
        return ["It began with what earlier nights left; from a fresh state it would be another."]
    opening = "Again, in a fresh state with the same daemon.toml and data:"
    command = briefing.recipe.command
    together = f"{opening} {command}"
    return [together] if len(together) <= width else [opening, f"  {command}"]


def _strategy(place: int, strategy: Strategy, width: int, odds: bool) -> list[str]:
    metrics, chance = strategy.metrics, strategy.chance
    mark = " (proven)" if strategy.proven else ""
    luck = chance_line(chance) if odds and chance else ""
    figures = (
        f"Sharpe {ratio(metrics.sharpe)}  {percent(metrics.cagr)} a year  "
        f"fall {percent(metrics.max_drawdown)}  {counted(metrics.trades, 'trade')}  "
        f"selection {ratio(strategy.selection)}"
    )
    return [
        "  " + plain(f"{place} {strategy.name}{mark}: {strategy.idea}", width - 2),
        f"    {figures}"[:width],
        *wrap(luck, width, initial_indent="    ", subsequent_indent="    "),
        f"    {curve_words(strategy, min(width - 4, 60))}",
    ]
