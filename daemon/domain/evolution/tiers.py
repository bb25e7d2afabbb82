"""The four tiers of data, by what a look at them costs.

Evidence is spent by looking: what the search has seen can no longer prove what the search found.
"""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """The dearest data that a trial touched.

    TRAIN (D0): free. SELECTION (D1): what the search is ordered by; a trial of it sees D0 too.
    SEALED (D2): one charged query for each finalist. PAPER (D3): quotes from after the finalist.
    """

    TRAIN = "train"
    SELECTION = "selection"
    SEALED = "sealed"
    PAPER = "paper"
