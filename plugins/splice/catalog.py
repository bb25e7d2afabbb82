"""All operators of splice, in the order in which they are documented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.operators import (
    condition_removal,
    cross_ensemble,
    cross_exits,
    cross_params,
    cross_subtree,
    delay,
    exits,
    flip,
    gate,
    graded,
    hold,
    indicator_swap,
    jitter,
    operator_swap,
    rebase,
    short_side,
    shrink,
    sizing,
    timeframe,
    window,
)
from plugins.splice.parsed import Parsed


class Operator(Protocol):
    """A module of `plugins/splice/operators`."""

    NAME: str
    SENTENCE: str
    EXAMPLES: tuple[Example, ...]

    def apply(
        self, genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator
    ) -> Edit | None:
        """The edit, or None where nothing in the genome fits. A new operator: copy a module."""


MODULES: Final[tuple[Operator, ...]] = (
    jitter,
    window,
    indicator_swap,
    operator_swap,
    rebase,
    gate,
    hold,
    condition_removal,
    cross_subtree,
    cross_params,
    exits,
    cross_exits,
    sizing,
    graded,
    short_side,
    cross_ensemble,
    shrink,
    flip,
    delay,
    timeframe,
)
OPERATORS: Final[dict[str, Operator]] = {module.NAME: module for module in MODULES}
