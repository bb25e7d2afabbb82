"""`sweep`: a grid of parameters in the worker pool."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from daemon.cli import options
from daemon.errors import UsageError


def sweep(
    genome: Annotated[str, typer.Argument(help="A genome file, or the id of a stored one.")],
    grid: Annotated[
        list[str], typer.Option("--grid", help="NAME=V1,V2,..., once for each parameter.")
    ],
    symbols: options.Symbols = None,
    start: options.Day = None,
    end: options.End = None,
    timeframe: options.Timeframe = "",
    capital: options.Capital = None,
    friction: options.FrictionName = "",
    report: options.Report = None,
    config: options.Config = None,
    state: options.State = None,
    as_json: options.AsJson = False,
) -> None:
    """Backtest every point of a parameter grid; each is recorded as a trial of the owner.

    Example: nightshift sweep genomes/seeds/rsi_pullback.py --grid enter=5,10 --grid rsi=2,3
    """
    from daemon.cli.output import print_json
    from daemon.cli.sweep_view import print_sweep, sweep_document, watching_sweep
    from daemon.supervisor.owner import OwnerRequest
    from daemon.supervisor.sweep import owner_sweep

    request = OwnerRequest(
        genome=genome,
        symbols=options.names(symbols),
        start=options.date_of(start),
        end=options.date_of(end),
        timeframe=timeframe,
        capital=capital,
        friction=friction,
    )
    axes, loaded = parsed_grid(grid), options.load(config, state)
    with options.spelling(request.symbols), watching_sweep(axes, quiet=as_json) as watch:
        runs, seconds = asyncio.run(owner_sweep(loaded, request, axes, report, watch))
    if as_json:
        print_json(sweep_document(runs, seconds))
    else:
        print_sweep(runs, seconds, report)


def parsed_grid(texts: list[str]) -> dict[str, tuple[float, ...]]:
    """NAME=V1,V2 texts as names and their numbers, each once. UsageError for anything else."""
    axes: dict[str, tuple[float, ...]] = {}
    for text in texts:
        name, _, values = text.partition("=")
        if name.strip() in axes:
            raise UsageError(
                f"--grid {text}: {name.strip()} is there twice; expected each parameter once"
            )
        numbers = (
            options.parsed_number(value, f"--grid {text}: expected NAME=NUMBER,NUMBER,...")
            for value in values.split(",")
        )
        axes[name.strip()] = tuple(dict.fromkeys(numbers))
    return axes
