"""`genomes check | list | show | diff | lineage | export`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daemon.cli.options import AsJson, Config, State, load, writing

if TYPE_CHECKING:
    from daemon.cli.genomes_view import Standing
    from daemon.domain.evolution.records import Genome
    from daemon.sandbox.examine import Examined
    from daemon.sandbox.layers import Off
    from daemon.store.store import SqlStore

genomes_app = typer.Typer(help="Check and browse genomes.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="Hash of a genome, or its first characters.")]


@genomes_app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Genome files.")],
    run: Annotated[
        bool, typer.Option("--run", help="Also run it: probe, determinism, causality.")
    ] = False,
    no_gate: Annotated[
        bool, typer.Option("--no-gate", help="Tests only: run what the gate refuses.")
    ] = False,
    no_namespace: Annotated[
        bool, typer.Option("--no-namespace", help="Tests only: run with every builtin.")
    ] = False,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Check genomes: intake, gate and header; with --run in a sandboxed child too.

    Example: nightshift genomes check genomes/seeds/*.py --run
    """
    from daemon.cli.genomes_view import print_examined, watching_checks
    from daemon.sandbox.examine import read

    texts = {str(path): _bytes_of(path) for path in files}
    off = _off(run, no_gate, no_namespace)
    if run:
        with watching_checks(len(texts), quiet=as_json) as watch:
            found = asyncio.run(_examined(load(config, state), texts, off, watch))
    else:
        found = {name: read(data) for name, data in texts.items()}
    print_examined(found, as_json, run)
    if any(text.verdict != "accepted" for text in found.values()):
        raise typer.Exit(1)


def _bytes_of(path: Path) -> bytes:
    from daemon.errors import MissingError

    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingError(f"cannot read {path}: {error.strerror}") from error


def _off(run: bool, no_gate: bool, no_namespace: bool) -> Off:
    from daemon.errors import UsageError
    from daemon.sandbox.layers import Layer

    if not run and (no_gate or no_namespace):
        raise UsageError("--no-gate and --no-namespace say how to run; expected --run as well")
    asked = {Layer.GATE: no_gate, Layer.NAMESPACE: no_namespace}
    return frozenset(layer for layer, off in asked.items() if off)


async def _examined(
    loaded: Any, texts: Mapping[str, bytes], off: Off, watch: Callable[[str], None]
) -> dict[str, Examined]:
    from daemon.sandbox.examine import examined
    from daemon.supervisor.bootstrap import sandbox_of

    found = {}
    async with sandbox_of(loaded, off) as sandbox:
        for name, data in texts.items():
            watch(Path(name).name)
            found[name] = await examined(sandbox, data)
    return found


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
    from daemon.supervisor.places import reading_store

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
    from daemon.supervisor.places import reading_store

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
    from daemon.supervisor.places import reading_store

    with reading_store(load(config, state)) as store:
        yield store, Standing(store.best_selection(), store.flags())
