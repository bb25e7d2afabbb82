"""Codes of refusals and operators in plain English, for the briefing."""

from __future__ import annotations

from typing import Final

_REFUSALS: Final = {
    "not_finite": "gave figures that are not numbers",
    "too_few_trades": "traded too seldom to judge",
    "too_little_exposure": "was hardly ever invested",
    "no_variance": "never gained or lost anything",
    "ruined": "lost everything",
    "too_short": "had too little history to judge",
    "ambiguous": "won or lost over a fifth in trades whose stop and target lay in one bar",
}
_LESSONS: Final = {
    "duplicate_text": "is the same text as an earlier genome",
    "duplicate_behaviour": "trades exactly like an earlier genome",
    "lookahead_truncation": "uses the future",
    "lookahead_future": "uses the future",
    "memorised_dates": "knows dates by heart",
    "memorised_levels": "knows prices by heart",
    "memorised_moves": "knows moves by heart",
    "table": "is a table, not a rule",
    "too_many_digits": "is a table, not a rule",
    "too_many_literals": "is a table, not a rule",
    "nondeterministic": "answers differently when asked twice",
    "parity": "needs more history than it declares",
    "warmup_short": "needs more history than it declares",
    "warmup_too_short": "needs more history than it declares",
    "warmup_unproved": "declares more history than the market can prove",
    "warmup_long": "needs more history than there may be",
    "warmup_unknown": "does not say how much history it needs",
    "timeout": "took too long",
    "memory": "asked for too much memory",
    "out_of_memory": "asked for too much memory",
    "crashed": "broke its process",
    "security": "attacked the sandbox",
    "raised": "stopped with an error",
    "contract": "answered something that is not positions",
    "not_finite": "answered positions that are not numbers",
    "out_of_range": "asked for more than all its money",
    "gross_above_one": "asked for more than all its money",
    "no_answer": "was never written: its operator found nothing to change",
    "no_genome": "held no genome",
    "no_data": "waits for data of its universe",
    "syntax": "is not valid Python",
}
_OPERATORS: Final = {
    "": "hand",
    "owner": "hand",
    "seed": "hand, as a seed",
    "jitter": "a parameter moved",
    "window": "another window",
    "indicator": "another indicator",
    "operator": "another comparison",
    "rebase": "a level made relative",
    "gate": "a condition added",
    "removal": "a condition removed",
    "shrink": "a simpler expression",
    "flip": "the opposite bet",
    "delay": "a later entry",
    "hold": "another holding rule",
    "exits": "other exits",
    "sizing": "another size",
    "timeframe": "another time frame",
    "cross_subtree": "a part of another genome",
    "cross_params": "parameters of another genome",
    "cross_exits": "exits of another genome",
    "cross_ensemble": "a vote of two genomes",
}
_WORLDS: Final = {
    "garch": "prices made up",
    "bootstrap": "stretches of a history, each session up or down by the toss of a coin",
    "phase": "moves as large as in a history, in another order, up or down by the toss of a coin",
    "shuffled": "the sessions of a history in any order, each up or down by the toss of a coin",
}


def refusal_name(code: str) -> str:
    """Why an evaluation has no fitness, as the end of a sentence that begins with "it"."""
    return _REFUSALS.get(code, _spoken(code))


def lesson_name(code: str) -> str:
    """Why a child was refused, as the end of a sentence that begins with "it"."""
    return _LESSONS.get(code) or f"breaks a rule of genomes ({_spoken(code)})"


def operator_name(code: str) -> str:
    """How a child came to be, as the end of a sentence: "made by a parameter moved"."""
    return _OPERATORS.get(code, _spoken(code))


def world_name(code: str) -> str:
    """What the prices of a world without an edge are, as the end of a sentence."""
    return _WORLDS.get(code, _spoken(code))


def _spoken(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
