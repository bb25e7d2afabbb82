"""`backtest`: one genome, one market, one friction profile."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from daemon.cli import options


def backtest(
    genome: Annotated[str, typer.Argument(help="A genome file, or the id of a stored one.")],
    symbols: options.Symbols = None,
    start: options.Day = None,
    end: options.End = None,
    timeframe: options.Timeframe = "",
    capital: options.Capital = None,
    friction: options.FrictionName = "",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, as often as needed.")
    ] = None,
    report: options.Report = None,
    config: options.Config = None,
    state: options.State = None,
    as_json: options.AsJson = False,
) -> None:
    """Backtest one genome, a file or a stored one; it is recorded as a trial of the owner.

    Example: nightshift backtest genomes/seeds/moving_average_cross.py --symbols SPY

    With --json, "equity" has one value a session, at its close, whatever the time frame.
    """
    from daemon.cli.backtest_view import backtest_document, print_backtest
    from daemon.cli.output import print_json
    from daemon.supervisor.owner import OwnerRequest, owner_backtest

    request = OwnerRequest(
        genome=genome,
        symbols=options.names(symbols),
        start=options.date_of(start),
        end=options.date_of(end),
        timeframe=timeframe,
        capital=capital,
        friction=friction,
        params=parsed_params(param or []),
    )
    with options.spelling(request.symbols):
        result, seconds = asyncio.run(owner_backtest(options.load(config, state), request, report))
    if as_json:
        print_json(backtest_document(result, seconds))
    else:
        print_backtest(result, seconds, report)


def parsed_params(pairs: list[str]) -> dict[str, float]:
    """NAME=VALUE texts as numbers. UsageError for anything else."""
    params: dict[str, float] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        params[name.strip()] = options.parsed_number(text, f"--param {pair}: expected NAME=NUMBER")
    return params
