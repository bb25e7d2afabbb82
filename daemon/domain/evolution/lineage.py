"""Where the genome of a trial came from, and what the trial cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a genome came to be, as it was known when the trial was written.

    behaviour: hash of what it does on the probe market, '' where it was never probed. operator:
    what made it of its parents (their hashes). seed: what the operator drew from; None where
    nothing was drawn, or nobody knows.
    """

    behaviour: str = ""
    operator: str = ""
    parents: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a trial took. wall_s, cpu_s: seconds, None where they were not measured.

    cpu_s: of the daemon's own thread and of the children that ran the genome.
    """

    wall_s: float | None = None
    cpu_s: float | None = None
    dollars: float = 0.0

    def plus(self, wall_s: float, cpu_s: float | None) -> Cost:
        """This and a run more; what was not measured once is not known of both."""
        total = None if self.cpu_s is None or cpu_s is None else self.cpu_s + cpu_s
        return Cost((self.wall_s or 0.0) + wall_s, total, self.dollars)
