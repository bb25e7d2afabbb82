"""Which of many findings to believe: the false discovery rate, of one batch and of a lifetime.

The false discovery rate is the expected share of wrong ones among those believed. A batch is
judged at once, from p-values (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001). A
lifetime of candidates is judged one by one from e-values (Xu and Ramdas 2024, e-LOND), which
stays valid under any dependence between them and however long each one is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from daemon.domain.market.bars import Bools, Floats


def discoveries(p_values: Floats, rate: float, dependent: bool) -> Bools:
    """Which of m findings (m,) to believe at that false discovery rate: step-up over p-values.

    dependent: whether they may depend on each other in any way; then the rate is divided by the
    sum of 1/j (Benjamini and Yekutieli). A p-value that is not a number is never believed.
    """
    count = len(p_values)
    ranks = np.arange(1, count + 1)
    believed = np.zeros(count, dtype=bool)
    if count == 0:
        return believed
    order = np.argsort(p_values)
    shared = float(np.sum(1.0 / ranks)) if dependent else 1.0
    below = np.flatnonzero(p_values[order] <= ranks * rate / (count * shared))
    believed[order[: below[-1] + 1 if len(below) else 0]] = True
    return believed


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The share of wrong ones among all that are ever accepted, held to `rate` for a lifetime.

    Every candidate is admitted once, before its sealed data are looked at, and gets the next
    place (1, 2, ...); place t may spend rate / (t (t + 1)), which sums to the rate, times one more
    than were accepted. `judge` may be asked again whenever a candidate's e-value has grown: what
    was accepted before then only makes it easier. Needs e-values whose expectation is at most 1
    whenever one stops if the candidate has no edge, given all that is known of the others too.

    A value: nothing is ever taken back, and storing its three fields is enough to go on.
    """

    rate: float
    admitted: int = 0
    accepted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.rate < 1.0:
            raise ValueError(f"error budget: expected a rate between 0 and 1, was {self.rate}")

    def admit(self) -> ErrorBudget:
        """The budget after one more candidate, whose place is then `admitted`."""
        return replace(self, admitted=self.admitted + 1)

    def needed(self, place: int) -> float:
        """The e-value from which on the candidate of that place is accepted now."""
        if not 1 <= place <= self.admitted:
            raise ValueError(f"error budget: expected a place up to {self.admitted}, was {place}")
        return place * (place + 1) / (self.rate * (len(self.accepted) + 1))

    def judge(self, place: int, e_value: float) -> ErrorBudget:
        """The budget after that candidate's e-value was looked at; `accepted` says how it ended."""
        if place in self.accepted or not e_value >= self.needed(place):
            return self
        return replace(self, accepted=(*self.accepted, place))

    def settle(self, e_values: Mapping[int, float]) -> ErrorBudget:
        """The budget after the e-values of several places, judged until none more is accepted.

        Who is accepted makes it easier for all others, so that no order of asking matters.
        """
        judged = self
        for place in sorted(e_values):
            judged = judged.judge(place, e_values[place])
        return self if judged == self else judged.settle(e_values)
