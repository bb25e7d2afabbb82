"""`benchmark engine | ingest`: figures with the results that prove they are of the same work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, Symbols, load, names

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
