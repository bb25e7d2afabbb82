"""How good a symbol's bars are: the share of its sessions in which nothing is bad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daemon.domain.market.scan.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Score:
    """sessions: expected ones; bad: those with a bad finding, the missing ones among them;
    worst: exchange dates of up to five of them, the longest lists of findings first."""

    sessions: int
    bad: int
    worst: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share of the sessions without a bad finding; 1 where there is no session."""
        return 1.0 - self.bad / self.sessions if self.sessions else 1.0


def score_of(findings: Iterable[Finding], sessions: int) -> Score:
    """The score of a symbol from its findings within so many sessions."""
    bad: dict[int, int] = {}
    for one in findings:
        if one.severity is Severity.BAD:
            bad[one.day] = bad.get(one.day, 0) + one.count
    worst = sorted(bad, key=lambda day: (-bad[day], day))[:5]
    return Score(sessions, min(len(bad), sessions), tuple(worst))
