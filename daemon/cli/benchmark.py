"""`benchmark engine | ingest | planted | walkforward`: figures, and what shows they are true."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.options import (
    AsJson,
    Config,
    Day,
    State,
    Symbols,
    Write,
    date_of,
    load,
    names,
    spelling,
)

benchmark_app = typer.Typer(help="Measure this machine.", no_args_is_help=True)


@benchmark_app.command("engine")
def engine(
    bars: Annotated[
        Path | None, typer.Option(help="Bars to use: .npy, columns open high low close volume.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Time the engine, the sandbox, a grid and the lake on 1,000,000 bars.

    Example: nightshift benchmark engine --json
    """
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.benchmark.engine import engine_figures

    figures = engine_figures(bars)
    if as_json:
        print_json(figures)
    else:
        print_table("engine", ("figure", "value"), list(figures.items()))


@benchmark_app.command("ingest")
def ingest(
    path: Annotated[Path, typer.Option("--path", help="A Massive-layout .csv.gz file.")],
    symbols: Symbols = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Time the reading of one flat file.

    Example: nightshift benchmark ingest --path 2024-06-03.csv.gz --symbols SPY,QQQ --json
    """
    import asyncio

    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.ingestion import flat_file_figures

    loaded = load(config, state)
    figures = asyncio.run(flat_file_figures(loaded, path, names(symbols)))
    if as_json:
        print_json(figures)
    else:
        print_table("ingest", ("figure", "value"), list(figures.items()))


@benchmark_app.command("planted")
def planted(
    kind: Annotated[str, typer.Option(help="momentum, reversal or gated.")] = "reversal",
    z: Annotated[
        float | None,
        typer.Option(min=0.5, help="One strength alone: standard errors of the oracle's Sharpe."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Worlds for each arm.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other worlds.")] = 1,
    evaluations: Annotated[int, typer.Option(min=1, help="Most trials of the search.")] = 400,
    random_evaluations: Annotated[
        int, typer.Option(min=1, help="Most trials without selection.")
    ] = 1000,
    write: Write = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Measure the search where the edge is known, beside the same search without selection.

    Example: nightshift benchmark planted --json

    Where the oracle is 9 standard errors from zero, the search has to need at most a third of the
    evaluations; where it is 4, the strict rule has to stay silent. Exit code 1 if it is not so.
    """
    import asyncio
    from dataclasses import asdict

    from daemon.cli.evidence_view import command, keep, planted_section, require_place
    from daemon.cli.measure_view import watching_campaigns
    from daemon.cli.output import print_json
    from daemon.cli.planted_view import print_planted
    from daemon.supervisor.measured.promises import Course, planted_benchmark

    loaded = load(config, state)
    require_place(write, "planted")
    course = Course(kind, seeds, seed, evaluations, random_evaluations, z)
    with watching_campaigns(course.campaigns, as_json) as step:
        found = asyncio.run(planted_benchmark(loaded, course, lambda place, answer: step()))
    keep(write, planted_section(found, command("benchmark planted", asdict(course))))
    if as_json:
        print_json(found)
    else:
        print_planted(found)
    if found["ok"] is False:
        raise typer.Exit(1)


@benchmark_app.command("walkforward")
def walkforward(
    windows: Annotated[int, typer.Option(min=1, help="Test periods, one after the other.")] = 6,
    evaluations: Annotated[int, typer.Option(min=1, help="Trials of each campaign.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other campaigns.")] = 1,
    symbols: Symbols = None,
    start: Day = None,
    end: Day = None,
    write: Write = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Measure on real daily bars what fitness tells of the following period.

    Example: nightshift benchmark walkforward --windows 6 --json

    Before each test period a campaign of its own breeds on all days before it; every genome that
    was judged there, not the best alone, is then run in the period once.
    """
    import asyncio

    from daemon.cli.evidence_view import command, keep, require_place, walk_section
    from daemon.cli.measure_view import watching_campaigns
    from daemon.cli.output import print_json
    from daemon.cli.walk_view import print_walk
    from daemon.supervisor.measured.walkforward import Course, walkforward_benchmark

    loaded, wanted = load(config, state), names(symbols)
    require_place(write, "walkforward")
    course = Course(windows, evaluations, seed, wanted, date_of(start), date_of(end))
    with watching_campaigns(2 * windows, as_json) as step, spelling(wanted):
        found = asyncio.run(walkforward_benchmark(loaded, course, lambda place, answer: step()))
    options = {
        "windows": windows,
        "evaluations": evaluations,
        "seed": seed,
        "symbols": ",".join(wanted) or None,
        "start": course.start,
        "end": course.end,
    }
    keep(write, walk_section(found, command("benchmark walkforward", options)))
    if as_json:
        print_json(found)
    else:
        print_walk(found)
