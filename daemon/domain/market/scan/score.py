"""How good a symbol's bars are: the share of its sessions in which nothing is bad."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Finding, Severity
from daemon.domain.market.scan.report import PartReport


@dataclass(frozen=True, slots=True)
class Score:
    """sessions: expected ones; bad: those with a bad finding, the missing ones among them;
    worst: exchange dates of up to five of them, the largest counts first."""

    sessions: int
    bad: int
    worst: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share of the sessions without a bad finding; 1 where there is no session."""
        return 1.0 - self.bad / self.sessions if self.sessions else 1.0


@dataclass(frozen=True, slots=True)
class SymbolQuality:
    """The score of a symbol's bars of one kind. sentence: the first bad finding of its worst day.

    refused: below the minimum, so that no night uses them.
    """

    kind: str
    symbol: str
    score: Score
    sentence: str
    refused: bool


@dataclass(frozen=True, slots=True)
class MarketQuality:
    """What a night knows of its data. minimum: the least share of good sessions, 0 for any.

    waiting: symbol-days that another answer of a source may mend. repair: a sentence on the last
    repair, "" where there was none.
    """

    minimum: float
    symbols: tuple[SymbolQuality, ...]
    waiting: int
    repair: str = ""

    def refused(self, kind: str) -> frozenset[str]:
        """Symbols whose bars of a kind are below the minimum."""
        return frozenset(one.symbol for one in self.symbols if one.kind == kind and one.refused)


def score_of(findings: Iterable[Finding], sessions: int) -> Score:
    """The score of a symbol from its findings within so many sessions."""
    bad: dict[int, int] = {}
    for one in findings:
        if one.severity is Severity.BAD:
            bad[one.day] = bad.get(one.day, 0) + one.count
    worst = sorted(bad, key=lambda day: (-bad[day], day))[:5]
    return Score(sessions, min(len(bad), sessions), tuple(worst))


def symbol_qualities(
    reports: Sequence[PartReport], sessions: SessionTable, first: int, last: int, minimum: float
) -> tuple[SymbolQuality, ...]:
    """Every symbol of the reports that has a session from first to last, by kind and symbol.

    first, last: exchange dates, days since 1970-01-01, both included.
    """
    parts: defaultdict[tuple[str, str], list[PartReport]] = defaultdict(list)
    for report in reports:
        parts[report.key.kind, report.key.symbol].append(report)
    found = []
    for (kind, symbol), own in sorted(parts.items()):
        start, end = min(one.first for one in own), max(one.last for one in own)
        count = len(sessions.between(max(start, first), min(end, last)))
        findings = [f for one in own for f in one.findings if first <= f.day <= last]
        if count:
            score = score_of(findings, count)
            sentence = _worst_sentence(findings, score)
            found.append(SymbolQuality(kind, symbol, score, sentence, score.share < minimum))
    return tuple(found)


def _worst_sentence(findings: Sequence[Finding], score: Score) -> str:
    for one in findings:
        if score.worst and one.day == score.worst[0] and one.severity is Severity.BAD:
            return one.sentence
    return ""
