"""What a scan found in one part of the lake, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.domain.market.scan.findings import Finding


@dataclass(frozen=True, slots=True)
class PartKey:
    """One part of a symbol's bars. period: its year, or "all"."""

    kind: str
    symbol: str
    period: str


@dataclass(frozen=True, slots=True)
class PartReport:
    """The findings of one part, sorted by day and code.

    inputs: checksum of all that was read for it; the same inputs give the same findings. first,
    last: exchange dates of the expected sessions, days since 1970-01-01.
    """

    key: PartKey
    inputs: str
    first: int
    last: int
    findings: tuple[Finding, ...]
