"""What can be told of the positions that a genome answers, from its text alone."""

from __future__ import annotations

import libcst as cst

from plugins.splice.parsed import Parsed


def is_long_only(genome: Parsed) -> bool:
    """True where the answer is a latch, or a choice between two numbers that are not negative."""
    answer = genome.answer
    if isinstance(answer, cst.Name):
        answer = genome.local.get(answer.value)
    if not isinstance(answer, cst.Call):
        return False
    called = genome.text(answer.func)
    choices = [choice.value for choice in answer.args[1:]]
    numbers = all(isinstance(choice, cst.BaseNumber) for choice in choices)
    return called == "ta.latch" or (called == "np.where" and numbers)
