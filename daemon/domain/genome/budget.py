"""The budget of written-out numbers: a genome is a rule, not a table of what was.

A table of dates, levels or positions that somebody learnt by heart is causal, so that no run shows
it; it takes room in the text. Of 1,928 genomes that were bred the largest had 63 numbers with 64
digits, at most two of them of three digits, and no list longer than three.
"""

from __future__ import annotations

import ast
from typing import Final

from daemon.errors import Reason

MAX_DIGITS: Final = 160
MAX_LISTED: Final = 120
LONGEST_LIST: Final = 24
PRECISE: Final = 3


def check_budget(tree: ast.Module) -> list[Reason]:
    """Why the numbers of a text are too many."""
    reasons = []
    digits = sum(map(significant_digits, _numbers(tree)))
    if digits > MAX_DIGITS:
        message = (
            f"the numbers of the genome have {digits} digits, at most {MAX_DIGITS} are allowed: "
            "it is no table"
        )
        reasons.append(Reason("too_many_digits", 0, message))
    lists = [node for node in ast.walk(tree) if isinstance(node, ast.Tuple | ast.List)]
    listed = sum(len(node.elts) for node in lists)
    longest = max(lists, key=lambda node: len(node.elts), default=None)
    if longest is not None and (len(longest.elts) > LONGEST_LIST or listed > MAX_LISTED):
        message = (
            f"lists of {listed} values, the longest of {len(longest.elts)}; at most {MAX_LISTED} "
            f"and {LONGEST_LIST} are allowed: it is no table"
        )
        reasons.append(Reason("table", longest.lineno, message))
    return reasons


def precise_numbers(tree: ast.Module) -> int:
    """How many numbers of three or more significant digits stand in a text."""
    return sum(significant_digits(number) >= PRECISE for number in _numbers(tree))


def significant_digits(number: float) -> int:
    """Digits between the first and the last that is not zero, in base ten."""
    return len(repr(abs(number)).split("e")[0].replace(".", "").strip("0"))


def _numbers(tree: ast.Module) -> list[int | float]:
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [c for c in constants if isinstance(c, int | float) and not isinstance(c, bool)]
