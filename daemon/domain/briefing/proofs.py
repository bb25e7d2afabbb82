"""What the briefing tells of the evidence, as values of its document: odds, finalists, tribunal.

Each has a default place in the document, so that one that was stored before them still reads.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a strategy's Sharpe ratio is luck, and what would settle it.

    tries: priced trials of the ledger. independent: what they are worth, None where a document was
    stored before that was told. sessions: of its record. alone: chance that one strategy
    without skill shows it. best: that the best of `tries` does. deflated: probability that its
    true Sharpe ratio is above the strict line. longer: sessions of a record on which the strict
    rule would speak of evidence, None where none is long enough. fresh: unseen sessions that
    settle it. Both are the least, as choosing has flattered it. luck, settles: all that in words.
    """

    tries: int
    sessions: int
    alone: float
    best: float
    deflated: float
    longer: int | None
    fresh: int
    luck: str
    settles: str
    independent: float | None = None


@dataclass(frozen=True, slots=True)
class Finalist:
    """One of the night's best that was put to the tests of the ladder.

    words: what the first check that failed found; that all were passed. sealed_sessions,
    sealed_sharpe: of the look at sealed data, the latter annual; None where none was taken. budget:
    how far it is from graduating, "" where it does not go on.
    """

    hash: str
    name: str
    proven: bool
    words: str
    sealed_sessions: int | None = None
    sealed_sharpe: float | None = None
    budget: str = ""


@dataclass(frozen=True, slots=True)
class Tribunal:
    """The night's own pipeline on a world without an edge.

    kind: of the world. finalists, graduates: strategies that were put to the tests, and that
    passed them all. highest_z: standard errors of the highest Sharpe ratio above zero.
    """

    kind: str
    seed: int
    trials: int
    finalists: int
    graduates: int
    highest_z: float
    words: str
