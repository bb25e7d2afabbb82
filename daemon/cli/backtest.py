"""`backtest`: one genome, one market, one friction profile."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated

import typer

from daemon.cli.options import (
    AsJson,
    Capital,
    Config,
    Day,
    FrictionName,
    Report,
    State,
    Symbols,
    Timeframe,
    load,
    names,
    spelling,
)


def backtest(
    genome: Annotated[str, typer.Argument(help="A genome file, or the id of a stored one.")],
    symbols: Symbols = None,
    start: Day = None,
    end: Day = None,
    timeframe: Timeframe = "",
    capital: Capital = None,
    friction: FrictionName = "",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, as often as needed.")
    ] = None,
    report: Report = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
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
        symbols=names(symbols),
        start=date_of(start),
        end=date_of(end),
        timeframe=timeframe,
        capital=capital,
        friction=friction,
        params=parsed_params(param or []),
    )
    with spelling(request.symbols):
        result, seconds = asyncio.run(owner_backtest(load(config, state), request, report))
    if as_json:
        print_json(backtest_document(result, seconds))
    else:
        print_backtest(result, seconds, report)


def parsed_params(pairs: list[str]) -> dict[str, float]:
    """NAME=VALUE texts as numbers. UsageError for anything else."""
    params: dict[str, float] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        params[name.strip()] = parsed_number(text, f"--param {pair}: expected NAME=NUMBER")
    return params


def parsed_number(text: str, expected: str) -> float:
    """An int where the text is one, else a finite float. UsageError says what was expected."""
    from daemon.errors import UsageError

    with suppress(ValueError):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise UsageError(f'{expected}, was "{text}"')
    return number


def date_of(moment: datetime | None) -> date | None:
    """The day of an option, if it was given."""
    return None if moment is None else moment.date()
