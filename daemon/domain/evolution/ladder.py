"""The ladder: which step follows which, and the evidence that each one asks for.

One step at a time, only forward, or out. A step is taken when every check that it names was made
and passed; nothing else decides, and no fitness does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from daemon.domain.evolution.records import Stage


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of evidence.

    figure: what was found; need: what it is held against; None where there is no such number.
    words: one sentence for the owner.
    """

    name: str
    passed: bool
    words: str
    figure: float | None = None
    need: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to the next. evidence: names of the checks, the cheapest first."""

    begins: Stage
    ends: Stage
    evidence: tuple[str, ...]


OPEN: Final = ("trusted", "deflated", "overfitting", "periods")
"""Checks on what the ledger holds already."""

RERUN: Final = ("costs", "delay", "neighbourhood", "symbols", "causality")
"""Checks for which the strategy is run again on the open data."""

SEALED: Final = ("power", "sealed")
"""Checks that need the sealed data: whether a look would say anything, and the look."""

LADDER: Final = (
    Step(Stage.BORN, Stage.GATED, ("gate", "probe")),
    Step(Stage.GATED, Stage.SCREENED, ("selection",)),
    Step(Stage.SCREENED, Stage.PROVEN, (*OPEN, *RERUN, *SEALED)),
    Step(Stage.PROVEN, Stage.SHADOWED, ("shadow",)),
    Step(Stage.SHADOWED, Stage.READY, ("paper_trades", "paper_sharpe", "budget")),
    Step(Stage.READY, Stage.APPROVED, ("known_fees", "owner")),
    Step(Stage.APPROVED, Stage.PAPER, ("broker",)),
    Step(Stage.PAPER, Stage.LIVE, ("owner",)),
)


def step_from(stage: Stage) -> Step | None:
    """The step that begins there; None at the top and for whoever is out."""
    return next((step for step in LADDER if step.begins is stage), None)


def is_taken(step: Step, checks: Sequence[Check]) -> bool:
    """True where each piece of evidence is there, once, and passed."""
    found = {check.name: check.passed for check in checks}
    return len(found) == len(checks) and all(found.get(name, False) for name in step.evidence)


def first_failure(checks: Sequence[Check]) -> Check | None:
    """The first check that did not pass, None where all did."""
    return next((check for check in checks if not check.passed), None)
