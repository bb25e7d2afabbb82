"""The lifetime error budget: which place a finalist has in it, and how far it is from graduating.

Every look at sealed data takes the next place, before it is taken and for the life of the ledger;
a strategy graduates when the bet against it (`stats.eprocess`), begun on the sealed sessions and
carried on by paper trading, reaches the e-value of its place (e-LOND, `stats.discoveries`). Of all
whose bet ever gets there, the share without any edge is expected to stay below the rate.

`carried_on` and `graduation` are for paper trading; until there is any, only tests call them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from daemon.domain.evolution.ladder import Check
from daemon.domain.stats.discoveries import ErrorBudget
from daemon.domain.stats.eprocess import EProcess

FORMULA: Final = "place * (place + 1) / (rate * (accepted + 1))"
"""The e-value that a place needs, as a dossier tells it; `ErrorBudget.needed` computes it."""

CHECK: Final = "budget"
"""The evidence of that name on the ladder."""

_MANY: Final = 1e6


@dataclass(frozen=True, slots=True)
class Stake:
    """A place in the budget as it stood when the looks of its night were charged.

    place: from 1 on. rate: share of wrong ones held to. accepted: finalists that had reached what
    their places need before. needed: e-value for this place; needed_next: for the next one.
    """

    place: int
    rate: float
    accepted: int
    needed: float
    needed_next: float


def stake(budget: ErrorBudget, place: int) -> Stake:
    """The place of a finalist; a ValueError for one that was not admitted."""
    longer = replace(budget, admitted=max(budget.admitted, place + 1))
    return Stake(
        place=place,
        rate=budget.rate,
        accepted=len(budget.accepted),
        needed=budget.needed(place),
        needed_next=longer.needed(place + 1),
    )


def bet_of(look: Mapping[str, Any]) -> EProcess:
    """The bet against a finalist as the look in its dossier left it, to be carried on."""
    told = look["e_process"]
    return EProcess(**{field.name: told[field.name] for field in fields(EProcess)})


def carried_on(
    look: Mapping[str, Any], paper: Iterable[float], place: int, budget: ErrorBudget
) -> tuple[EProcess, Check]:
    """A finalist after its paper sessions: the bet, and whether it graduates now.

    look: of its dossier. paper: returns per session, net of costs, in order, since the last sealed
    one; a session beyond the bound fails it for good. budget: of the ledger now.
    """
    bet = bet_of(look).extend(paper)
    return bet, graduation(place, bet, budget)


def graduation(place: int, bet: EProcess, budget: ErrorBudget) -> Check:
    """Whether a bet reaches the e-value of its place; who was accepted once stays accepted."""
    needed = budget.needed(place)
    passed = place in budget.accepted or bet.e_value >= needed
    return Check(CHECK, passed, _words(bet, needed), bet.e_value, needed)


def times(value: float, upwards: bool = False) -> str:
    """0.4217 as "0.42 times", 123.4 as "123 times"; upwards: never told smaller than it is."""
    if value > _MANY:
        return f"over {_MANY:,.0f} times"
    digits = 2 if value < 10.0 else 0
    shown = math.ceil(value * 10**digits - 1e-9) / 10**digits if upwards else value
    return f"{shown:,.{digits}f} times"


def _words(bet: EProcess, needed: float) -> str:
    if bet.breach is not None:
        return "a session lost more than a bet on it allows, which fails it for good"
    return (
        f"a bet on it stands at {times(bet.e_value)} its stake, and has to reach "
        f"{times(needed, upwards=True)}"
    )
