"""What can be told of the positions that a genome answers, from its text alone."""

from __future__ import annotations

import re
from typing import Final

import libcst as cst

from plugins.splice.parsed import Parsed

MOST_POSITIONS: Final = 4
"""Names for earlier answers; beyond it a genome is one delay, size and turn upon the other."""


def is_wrappable(genome: Parsed) -> bool:
    """True where the answer stands in one place and was not itself made of too many before it."""
    positions = [name for name in genome.local if re.fullmatch(r"position(_\d+)?", name)]
    return genome.answer is not None and len(positions) < MOST_POSITIONS


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
