"""Sign flip: the same rule, traded the other way round, to see whether it was contrarian."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed

NAME = "flip"
SENTENCE = "Negates the positions."
EXAMPLES: tuple[Example, ...] = ()


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where the answer is given in more than one place."""
    answer = genome.answer
    if answer is None:
        return None
    clause = "traded the other way round"
    if isinstance(answer, cst.UnaryOperation) and isinstance(answer.operator, cst.Minus):
        return Edit(clause, swaps=((answer, genome.text(answer.expression)),), same_memory=True)
    return Edit(clause, answer="-{answer}", same_memory=True)
