"""The looks at sealed sessions in words: how far one is from graduating, and what all say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from daemon.domain.briefing.chance import how_often, span
from daemon.domain.briefing.wording import spelled
from daemon.domain.evolution.budget import bet_of, times
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.stats.eprocess import periods_to_evidence
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import moments

Look = Mapping[str, Any]

_BENCHMARKS: Final = {"cash": "cash", "held": "buying and holding the same symbols"}


def looks_of(dossiers: Sequence[Dossier]) -> list[Look]:
    """The looks that were taken, in the order of the dossiers; those of older ones are left out."""
    seen = (each.document["sealed"]["look"] for each in dossiers)
    return [look for look in seen if look is not None and "budget" in look]


def look_sentences(dossier: Dossier) -> tuple[str, ...]:
    """All that a dossier's look says; nothing without one, or of an older dossier."""
    looks = looks_of([dossier])
    places = [
        f"Its look has place {look['budget']['place']:,} in the error budget." for look in looks
    ]
    bets = map(budget_sentence, looks if dossier.taken else ())
    return (*places, *bets, *together_sentences(looks))


def annual_sharpe(look: Look) -> float | None:
    """Of the sealed sessions."""
    sharpe = _sharpe(look)
    return None if sharpe is None else sharpe * math.sqrt(SESSIONS_A_YEAR)


def budget_sentence(look: Look) -> str:
    """How far a finalist that goes on is from graduating; "" for a look of an older dossier."""
    stake, bet = look.get("budget"), bet_of(look)
    if stake is None:
        return ""
    if bet.breach is not None:
        return "A session lost more than a bet on it allows, so that it never graduates."
    opening = (
        f"A bet on it stands at {_times(bet.e_value)} its stake after these sessions, and paper "
        "trading carries it on; to graduate it has to reach "
        f"{_times(stake['needed'], upwards=True)}"
    )
    if bet.e_value >= stake["needed"]:
        return f"{opening}, which it has."
    return f"{opening}{_at_best(look, stake['needed'] / bet.e_value)}."


def bar_sentence(looks: Sequence[Look]) -> str:
    """That each look raises the bar; "" where none was taken."""
    if not looks:
        return ""
    newest = max((look["budget"] for look in looks), key=lambda stake: stake["place"])
    taken = newest["place"]
    count = "One look at sealed sessions has" if taken == 1 else f"{taken:,} such looks have"
    needed = _times(newest["needed_next"], upwards=True)
    return (
        f"{count} been taken in the life of this ledger, and each raises the bar: a bet on the "
        f"next finalist has to reach {needed} its stake before that one graduates."
    )


def together_sentences(looks: Sequence[Look]) -> tuple[str, ...]:
    """Whether finalists shown the same sessions beat cash and the market: a sentence a set."""
    sets = {tuple(look["together"]["genomes"]): look for look in looks if look["together"]}
    said = (_together(look["together"], len(genomes)) for genomes, look in sets.items())
    return tuple(sentence for sentence in said if sentence)


def _together(found: Mapping[str, Any], count: int) -> str:
    """The consistent p-values; "" where there were too few sessions for any."""
    one = count == 1
    subject = "it no" if one else "none of them"
    chances = [
        f"were {subject} better than {words}, {'it' if one else 'the best'} would do as well "
        f"{how_often(found[name]['p_value'])}"
        for name, words in _BENCHMARKS.items()
        if found[name] is not None
    ]
    who = "The finalist that was" if one else f"The {spelled(count)} finalists that were"
    return f"{who} shown sealed sessions: {'; '.join(chances)}." if chances else ""


def _at_best(look: Look, factor: float) -> str:
    """How long that takes at the Sharpe ratio of the look; "" where it earned nothing."""
    sharpe = _sharpe(look)
    if sharpe is None or sharpe <= 0.0:
        return ""
    return (
        f", which at the pace it showed takes {span(periods_to_evidence(sharpe, factor))} at best"
    )


def _sharpe(look: Look) -> float | None:
    seen = moments(np.array(look["session_returns"], dtype=np.float64))
    return None if seen is None else seen.sharpe


def _times(value: float, upwards: bool = False) -> str:
    return times(value, upwards).replace(" ", "\u00a0")
