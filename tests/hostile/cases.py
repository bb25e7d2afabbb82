"""The hostile genomes, and the table `cases.toml` of what must happen to each of them.

A genome is a file under `genomes/`, a folder for each family; its docstring says what it tries. The
table says by family and name: on, the codes of the gate, or how its run ends where the gate lets it
through · closed, how its run ends with the gate off · bare, the same with the namespace open too ·
open, the same without the filter of system calls, where only Landlock and limits are left (of the
cases that say it) · guards, the names of those without which one of these is another (see
`gate_guards` and `run_guards`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.domain.genome import gate
from daemon.domain.market.probe import probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.pool import Limits, Pool
from daemon.sandbox.task import Answer, Task
from daemon.sandbox.wire import Run

FOLDER = Path(__file__).resolve().parent
LIMITS = Limits(cpu_s=4.0, wall_s=8.0, memory_bytes=256 << 20)
SHORT = Limits(cpu_s=4.0, wall_s=0.4, memory_bytes=256 << 20)
"""For what would never end."""

MARKET = probe("1d")
RUN = Run(0, 0, 64, 0, 2, 0, 0, 64)
GOOD = "def rotate(panel, p):\n    return np.where(panel.close > panel.open, 0.5, 0.0)\n"
HARMLESS = "harmless"
FAULTS = frozenset({"SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP"})


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile genome and its row of the table."""

    name: str
    data: bytes
    on: tuple[str, ...] | str
    closed: str
    bare: str
    open: str
    guards: frozenset[str]

    @property
    def source(self) -> str:
        """The text as the daemon hands it to a child."""
        return self.data.decode("utf-8", "replace")

    def limits(self, setting: str) -> Limits:
        """Short ones where it is expected to reach its deadline."""
        return SHORT if str(getattr(self, setting)).startswith("timeout") else LIMITS


def listed() -> list[Case]:
    """Every case, in the order of the table."""
    table = tomllib.loads((FOLDER / "cases.toml").read_text())
    return [
        _case(f"{family}/{name}", row) for family in table for name, row in table[family].items()
    ]


def codes(data: bytes) -> tuple[str, ...]:
    """Codes of the gate's reasons, sorted; none where it accepts."""
    try:
        gate.check(data)
    except GenomeRefused as refused:
        return tuple(sorted({reason.code for reason in refused.reasons}))
    return ()


def told(answer: Answer) -> str:
    """How a run ended, in a few words: harmless, raised and the error, or the code and the end.

    Which signal a fault ends with is the machine's business.
    """
    if not isinstance(answer, Reason):
        return HARMLESS
    if answer.code == "raised":
        return answer.message.removeprefix("it ")
    if answer.end in FAULTS:
        return f"{answer.code} fault"
    return f"{answer.code} {answer.end}".strip()


async def answer(pool: Pool, source: str, limits: Limits, params: dict[str, Any]) -> Answer:
    """What a text answers on two symbols and 64 bars."""
    pool.limits = limits
    kind = "rotate" if "def rotate" in source else "signal"
    (found,) = await pool.run(Task(source, (MARKET,), (RUN,), (params,), kind))
    return found


def _case(name: str, row: dict[str, Any]) -> Case:
    data = (FOLDER / "genomes" / f"{name}.py").read_bytes()
    on = row["on"] if isinstance(row["on"], str) else tuple(row["on"])
    guards = frozenset(row.get("guards", ()))
    return Case(name, data, on, row["closed"], row["bare"], row.get("open", ""), guards)
