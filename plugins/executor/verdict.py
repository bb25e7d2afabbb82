"""What a trial means for its genome: screened, or failed with the reason in words."""

from __future__ import annotations

from typing import Final

from daemon.domain.engine.causality import ON_THE_MARKET
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.evolution.records import Stage, StageChange

LEAK: Final = "suspected_leak"

WORDS: Final = {
    FitnessRefusal.NOT_FINITE: "a figure of the backtest is not a finite number",
    FitnessRefusal.TOO_FEW_TRADES: "too few trades to judge it",
    FitnessRefusal.TOO_LITTLE_EXPOSURE: "it is hardly ever invested",
    FitnessRefusal.NO_VARIANCE: "its returns never change",
    FitnessRefusal.RUINED: "it lost all its capital",
    FitnessRefusal.TOO_SHORT: "the history is too short for walk-forward blocks",
    FitnessRefusal.AMBIGUOUS: "over a fifth of its profit and loss lies in trades whose stop and "
    "target were in one bar",
}


def judged(genome: str, evaluation: Evaluation, threshold: float) -> StageChange:
    """Where the genome goes. A suspected leak is quarantined, however good it looks."""
    selection = evaluation.selection
    if LEAK in evaluation.flags:
        reason = "quarantined: an annual Sharpe above 5 is a suspected look-ahead"
    elif selection is None:
        reason = _refusal(evaluation)
    elif selection < threshold:
        reason = f"selection fitness {selection:.2f} is below the threshold of {threshold:.2f}"
    else:
        reason = f"selection fitness {selection:.2f} reaches the threshold of {threshold:.2f}"
        return StageChange(genome, Stage.SCREENED, reason)
    return StageChange(genome, Stage.FAILED, reason)


def unrunnable(genome: str, error: Exception) -> StageChange:
    """Failed, for it gives no figures, or none that may be believed."""
    proved = str(error).startswith(ON_THE_MARKET)
    return StageChange(genome, Stage.FAILED, str(error) if proved else f"it cannot be run: {error}")


def moves(stage: Stage, verdict: StageChange) -> tuple[StageChange, ...]:
    """The verdict on a genome of that stage, or nothing where it moves no more.

    One that is tried again may lose its place as screened. It never comes back from out, and what
    rose further rests on more than one trial.
    """
    open_ = (Stage.GATED,) if verdict.stage is Stage.SCREENED else (Stage.GATED, Stage.SCREENED)
    return (verdict,) if stage in open_ else ()


def _refusal(evaluation: Evaluation) -> str:
    """The refusal of the whole period, or else the first of a block, in words."""
    codes = [evaluation.fitness_refusal, *(block.refusal for block in evaluation.blocks)]
    known = [WORDS[FitnessRefusal(code)] for code in codes if code in WORDS]
    return f"no fitness: {known[0] if known else 'the blocks give none'}"
