"""What an operator answers: which expressions, header entries and words of a genome change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst


@dataclass(frozen=True, slots=True)
class Example:
    """A genome before and after an operator, with the seed of its random draws: doctrine and test.

    donor: the second parent, where the operator wants one.
    """

    seed: int
    before: str
    after: str
    donor: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a genome.

    clause: the change in plain words, as it continues the idea sentence ("only while …").
    swaps: nodes of the parent and the text that takes each one's place. answer: what is returned
    instead, with the old answer written {answer}, and {local} for an expression that gets a name
    of its own before. local: that name and expression. params: entries of PARAMS to set, as text.
    header: other header entries to set, as text. functions: replaces all functions, where not
    empty. same_memory: true if no look-back changed, so that WARMUP holds.
    """

    clause: str
    swaps: tuple[tuple[cst.BaseExpression, str], ...] = ()
    answer: str = ""
    local: tuple[str, str] = ("", "")
    params: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    functions: str = ""
    same_memory: bool = False
