"""`lake ingest | inventory | gaps | verify | repair | sql`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.backtest import date_of
from daemon.cli.options import AsJson, Config, Day, State, Symbols, load, names, spelling

lake_app = typer.Typer(help="Bring market data in, and look at it.", no_args_is_help=True)
ALL = "all"
SIMULATED = "simulated"  # a source with tickers of its own, none of the default list


@lake_app.command("ingest")
def ingest(
    source: Annotated[str, typer.Option("--source", help="Name of a source, for example files.")],
    kind: Annotated[str, typer.Option("--kind", help="minute, day, splits or dividends.")],
    path: Annotated[Path | None, typer.Option("--path", help="Folder of the files.")] = None,
    symbols: Annotated[
        str | None,
        typer.Option("--symbols", help='Tickers with commas; "all"; else the default list.'),
    ] = None,
    start: Day = None,
    end: Day = None,
    date: Day = None,
    force: Annotated[bool, typer.Option("--force", help="Read again what was read.")] = False,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Bring market data into the lake; what is there already is skipped.

    Example: nightshift lake ingest --source files --kind minute --path ./flatfiles --symbols SPY
    """
    from daemon.cli.lake_view import ingesting, print_ingest
    from daemon.plugin.roles import Request
    from daemon.settings import DEFAULT_TICKERS
    from daemon.supervisor.ingestion import ingest_from
    from daemon.supervisor.lock import state_lock

    loaded = load(config, state)
    every = symbols == ALL or (symbols is None and source == SIMULATED)
    wanted = () if every else names(symbols) or names(DEFAULT_TICKERS)
    request = Request(
        kind=kind,
        symbols=wanted,
        start=date_of(date or start),
        end=date_of(date or end),
        folder=path,
    )
    with (
        spelling(wanted),
        state_lock(loaded.state),
        ingesting(quiet=as_json) as progress,
    ):
        report = asyncio.run(ingest_from(loaded, source, request, force, progress, symbols is None))
    print_ingest(report, as_json)
    if report.failed:
        raise typer.Exit(1)


@lake_app.command("inventory")
def inventory(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """List what the lake holds.

    Example: nightshift lake inventory --json
    """
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.bootstrap import open_lake

    datasets = open_lake(load(config, state)).inventory()
    if as_json:
        print_json({"datasets": datasets})
        return
    columns = ("kind", "symbol", "start", "end", "rows", "bytes", "gaps")
    rows = [[getattr(item, column) for column in columns] for item in datasets]
    print_table("The lake is empty." if not rows else "", columns, rows)


@lake_app.command("gaps")
def gaps(
    symbols: Symbols = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """List missing sessions and missing minutes, by the exchange calendar.

    Example: nightshift lake gaps --symbols SPY
    """
    from daemon.cli.lake_view import gap_document
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.bootstrap import open_lake

    lake = open_lake(load(config, state))
    wanted = names(symbols)
    documents = [
        gap_document(gap)
        for kind in ("minute", "day")
        for gap in lake.gaps(kind, [s for s in lake.symbols(kind) if not wanted or s in wanted])
    ]
    if as_json:
        print_json({"gaps": documents})
        return
    columns = ("kind", "symbol", "missing_sessions", "sessions_with_gaps", "missing_minutes")
    rows = [[_counted(document[column]) for column in columns] for document in documents]
    print_table("The lake is empty." if not rows else "", columns, rows)


@lake_app.command("verify")
def verify(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Check every part against its manifest: checksum, rows, times.

    Example: nightshift lake verify
    """
    from daemon.cli.lake_view import print_problems
    from daemon.supervisor.bootstrap import open_lake

    problems = open_lake(load(config, state)).verify()
    print_problems(problems, as_json)
    if problems:
        raise typer.Exit(1)


@lake_app.command("repair")
def repair(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Move broken parts out of the way, so that the next ingestion brings them again.

    Example: nightshift lake repair
    """
    from daemon.cli.lake_view import print_problems
    from daemon.supervisor.bootstrap import open_lake
    from daemon.supervisor.lock import state_lock

    loaded = load(config, state)
    with state_lock(loaded.state):
        problems = open_lake(loaded).repair()
    print_problems(problems, as_json)


@lake_app.command("sql")
def sql(
    query: Annotated[str, typer.Argument(help="SQL over the views minute and day.")],
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Ask the lake in SQL (DuckDB, read-only).

    Example: nightshift lake sql "select symbol, count(*) from minute group by symbol"
    """
    from daemon.cli.output import print_json, print_table
    from daemon.supervisor.bootstrap import open_lake

    answer = open_lake(load(config, state)).sql(query)
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        print_table("", answer.columns, answer.rows)


def _counted(value: object) -> object:
    return len(value) if isinstance(value, list) else value
