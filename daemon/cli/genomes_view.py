"""How genomes look: their order, one document each, two lines in the list, a name in the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from rich.cells import set_cell_size
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from daemon.cli.output import err, out, print_json
from daemon.domain.evolution.records import Genome, Stage

if TYPE_CHECKING:
    from daemon.sandbox.examine import Examined

LEAK = "suspected_leak"
READ: Final = (
    "The gate has read the text, no more: whether it looks ahead shows when it runs (--run)."
)
PROBED: Final = (
    "It ran on the made-up probe market; a backtest proves it on the market that it trades."
)
NOTED = {"price_levels": "noted: it knows dollars or shares, and differs at other prices"}
HARMLESS = "fee_estimated"
OUT = frozenset({Stage.FAILED, Stage.REJECTED, Stage.RETIRED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows of genomes, by hash: best selection fitness, and flags."""

    fitness: Mapping[str, float]
    flags: Mapping[str, Sequence[str]]

    def ranked(self, genomes: Sequence[Genome]) -> list[Genome]:
        """Best first; untested ones after them, and last of all suspected leaks."""
        return sorted(genomes, key=self._rank)

    def document(self, genome: Genome) -> dict[str, Any]:
        """A genome as `genomes list | show | lineage --json` tell it."""
        return {
            "id": genome.hash[:12],
            "hash": genome.hash,
            "name": genome.name,
            "idea": genome.idea,
            "parents": genome.parents,
            "operator": genome.operator,
            "stage": str(genome.stage),
            "fitness": self.fitness.get(genome.hash),
            "flags": self.flags.get(genome.hash, ()),
            "timeframe": genome.timeframe,
            "source": genome.source,
        }

    def words(self, genome: Genome) -> str:
        """The stage and the flags that speak against it."""
        flags = [flag for flag in self.flags.get(genome.hash, ()) if flag != HARMLESS]
        return ", ".join([str(genome.stage), *flags]).replace("_", " ")

    def label(self, genome: Genome) -> str:
        """A genome in the tree of its ancestors."""
        return f"{genome.name} ({genome.hash[:8]}), {genome.operator}, {self._number(genome)}"

    def lines(self, genome: Genome) -> tuple[str, str]:
        """Id, fitness, name, stage and flags; below them the idea."""
        value = self.fitness.get(genome.hash)
        number = "" if value is None else f"{value:.3f}"
        head = f"{genome.hash[:12]}  {number:>8}  {self.words(genome)}  {genome.name}"
        return f"{head}  by {genome.operator}", f"{'':14}{' '.join(genome.idea.split())}"

    def _number(self, genome: Genome) -> str:
        value = self.fitness.get(genome.hash)
        return "no fitness" if value is None else f"fitness {value:.3f}"

    def _rank(self, genome: Genome) -> tuple[bool, bool, bool, float]:
        suspected = LEAK in self.flags.get(genome.hash, ())
        value = self.fitness.get(genome.hash)
        return suspected, value is None, genome.stage in OUT, 0.0 if value is None else -value


def print_examined(found: Mapping[str, Examined], as_json: bool, ran: bool) -> None:
    """The verdict on each file, and why; then what "accepted" does not say."""
    if as_json:
        print_json([_document(file, text) for file, text in found.items()])
        return
    for file, text in found.items():
        killed = f" (killed: {text.killed})" if text.killed else ""
        out.print(f"{text.verdict:<10} {file}{killed}", markup=False, soft_wrap=True)
        for reason in text.reasons:
            where = f"line {reason.line}: " if reason.line else ""
            line = f"           {where}{reason.message} [{reason.code}]"
            out.print(line, markup=False, soft_wrap=True)
        for flag in text.flags:
            out.print(f"           {NOTED[flag]} [{flag}]", markup=False, soft_wrap=True)
    if any(text.verdict == "accepted" for text in found.values()):
        out.print(PROBED if ran else READ, style="dim", soft_wrap=True)


def _document(file: str, text: Examined) -> dict[str, Any]:
    reasons = [{"code": r.code, "line": r.line, "message": r.message} for r in text.reasons]
    return {
        "file": file,
        "verdict": text.verdict,
        "reasons": reasons,
        "killed": text.killed or None,
        "hash": text.hash,
        "warmup": text.warmup,
        "flags": list(text.flags),
    }


@contextmanager
def watching_checks(files: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A watcher, told the name of each file that comes to its turn; shown on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as progress:
        task, begun = progress.add_task("check", total=files), count()
        yield lambda name: progress.update(task, completed=next(begun), description=name)


def print_genomes(genomes: Sequence[Genome], standing: Standing) -> None:
    """Two lines a genome, cut to the width of a terminal."""
    for genome in genomes:
        for line in standing.lines(genome):
            out.print(Text(_cut(line)), soft_wrap=True)


def _cut(line: str) -> str:
    text = Text(line)
    if not out.is_terminal or text.cell_len <= out.width:
        return line
    return set_cell_size(line, out.width - 1).rstrip() + "…"
