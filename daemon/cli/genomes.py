"""`genomes check | list | show | diff | lineage | export`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daemon.cli.options import AsJson, Config, State, load, writing

if TYPE_CHECKING:
    from daemon.cli.genomes_view import Standing
    from daemon.domain.evolution.records import Genome
    from daemon.plugin.host import Probe
    from daemon.store.store import SqlStore

genomes_app = typer.Typer(help="Check and browse genomes.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="Hash of a genome, or its first characters.")]


@genomes_app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Genome files.")],
    run: Annotated[
        bool, typer.Option("--run", help="Also run it: probe, determinism, causality.")
    ] = False,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Check genomes: intake, gate and header; with --run in a sandboxed child too.

    Example: nightshift genomes check genomes/seeds/*.py --run
    """
    from daemon.cli.genomes_view import watching_checks
    from daemon.cli.output import out, print_json

    rows = [_static(path) for path in files]
    if run:
        with watching_checks(len(rows), quiet=as_json) as watch:
            rows = asyncio.run(_with_probe(load(config, state), rows, watch))
    verdicts = [
        {k: row[k] for k in ("file", "verdict", "reasons", "hash", "warmup")} for row in rows
    ]
    if as_json:
        print_json(verdicts)
    for row in [] if as_json else verdicts:
        out.print(f"{row['verdict']:<10} {row['file']}", markup=False, soft_wrap=True)
        for reason in row["reasons"]:
            where = f"line {reason.line}: " if reason.line else ""
            out.print(
                f"           {where}{reason.message} [{reason.code}]", markup=False, soft_wrap=True
            )
    if any(row["verdict"] != "accepted" for row in verdicts):
        raise typer.Exit(1)


def _static(path: Path) -> dict[str, Any]:
    from daemon.domain.genome import gate
    from daemon.errors import GenomeRefused, MissingError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingError(f"cannot read {path}: {error.strerror}") from error
    row: dict[str, Any] = {"file": str(path), "reasons": [], "source": "", "hash": "", "warmup": 0}
    try:
        gated = gate.check(data)
    except GenomeRefused as refused:
        return row | {"verdict": "rejected", "reasons": refused.reasons}
    return row | {
        "verdict": "accepted",
        "source": gated.source,
        "hash": gated.hash,
        "warmup": gated.manifest.warmup,
    }


async def _with_probe(
    loaded: Any, rows: Sequence[dict[str, Any]], watch: Callable[[str], None]
) -> list[dict[str, Any]]:
    from daemon.supervisor.bootstrap import sandbox_of

    async with sandbox_of(loaded) as sandbox:
        probed = []
        for row in rows:
            watch(Path(row["file"]).name)
            if row["verdict"] != "accepted":
                probed.append(row)
                continue
            probe = await sandbox.probe(row["source"])
            probed.append(row | {"verdict": _verdict(probe), "reasons": probe.reasons})
        return probed


def _verdict(probe: Probe) -> str:
    if not probe.reasons:
        return "accepted"
    return "lookahead" if probe.lookahead else "failed"


@genomes_app.command("list")
def list_genomes(
    stage: Annotated[str, typer.Option(help="Only this stage of the ladder.")] = "",
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """List the stored genomes, best first, those that are out behind; untested and leaks last.

    Example: nightshift genomes list --stage screened
    """
    from daemon.cli.genomes_view import print_genomes
    from daemon.cli.output import print_json
    from daemon.domain.evolution.records import Stage
    from daemon.errors import UsageError, did_you_mean

    if stage and stage not in list(Stage):
        hint = did_you_mean(stage, list(Stage)) or f"known: {', '.join(Stage)}"
        raise UsageError(f'no stage "{stage}"; {hint}')
    with _standing(config, state) as (store, standing):
        found = standing.ranked(store.genomes(Stage(stage) if stage else None))
    if as_json:
        print_json([standing.document(genome) for genome in found])
    else:
        print_genomes(found, standing)


@genomes_app.command("show")
def show(id: Id, config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Show one genome with its source.

    Example: nightshift genomes show 3fa9
    """
    from daemon.cli.output import out, print_json

    with _standing(config, state) as (store, standing):
        genome = store.genome(id)
    if as_json:
        print_json(standing.document(genome))
        return
    out.print(
        f"{genome.hash}\n{genome.name}, {standing.words(genome)}, by {genome.operator}",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"\n{genome.source}", markup=False, soft_wrap=True)


@genomes_app.command("diff")
def diff(a: Id, b: Id, config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Show what changed between two genomes.

    Example: nightshift genomes diff 3fa9 77c1
    """
    import difflib

    from daemon.cli.output import out, print_json
    from daemon.supervisor.bootstrap import reading_store

    with reading_store(load(config, state)) as store:
        left, right = store.genome(a), store.genome(b)
    lines = list(
        difflib.unified_diff(
            left.source.splitlines(),
            right.source.splitlines(),
            f"{left.name} {left.hash[:12]}",
            f"{right.name} {right.hash[:12]}",
            lineterm="",
        )
    )
    if as_json:
        print_json({"a": left.hash, "b": right.hash, "diff": lines})
    else:
        out.print("\n".join(lines), markup=False, soft_wrap=True)


@genomes_app.command("lineage")
def lineage(id: Id, config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Show a genome's ancestry with the operator of each step.

    Example: nightshift genomes lineage 3fa9
    """
    from rich.tree import Tree

    from daemon.cli.output import out, print_json

    with _standing(config, state) as (store, standing):
        root = store.genome(id)
        ancestors: dict[str, Genome] = {}
        waiting = [root.hash]
        while waiting:
            genome = store.genome(waiting.pop())
            if genome.hash not in ancestors:
                ancestors[genome.hash] = genome
                waiting += genome.parents
    if as_json:
        print_json([standing.document(genome) for genome in ancestors.values()])
        return

    def grow(tree: Tree, genome: Genome) -> None:
        for parent in genome.parents:
            grow(tree.add(standing.label(ancestors[parent])), ancestors[parent])

    tree = Tree(standing.label(root))
    grow(tree, root)
    out.print(tree)


@genomes_app.command("export")
def export(
    id: Id,
    folder: Annotated[Path, typer.Option("--to", help="Folder for the file.")] = Path(
        "genomes/elite"
    ),
    config: Config = None,
    state: State = None,
) -> None:
    """Write a stored genome to a file for people.

    Example: nightshift genomes export 3fa9 --to genomes/elite
    """
    from daemon.cli.output import out
    from daemon.supervisor.bootstrap import reading_store

    with reading_store(load(config, state)) as store:
        genome = store.genome(id)
    target = folder / f"{genome.name}.py"
    with writing(target):
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(genome.source, encoding="utf-8")
    out.print(f"Wrote {target}", markup=False, soft_wrap=True)


@contextmanager
def _standing(config: Path | None, state: Path | None) -> Iterator[tuple[SqlStore, Standing]]:
    """The store, and what its ledger knows of genomes."""
    from daemon.cli.genomes_view import Standing
    from daemon.supervisor.bootstrap import reading_store

    with reading_store(load(config, state)) as store:
        yield store, Standing(store.best_selection(), store.flags())
