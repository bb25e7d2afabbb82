"""`lake ingest | bars | inventory | gaps | verify | repair | now | sql`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli.options import (
    AsJson,
    Config,
    Day,
    State,
    Symbols,
    date_of,
    load,
    names,
    spelling,
)
from daemon.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt


lake_app = typer.Typer(help="Bring market data in, and look at it.", no_args_is_help=True)
ALL = "all"
SIMULATED = "simulated"  # a source with tickers of its own, none of the default list


@lake_app.command("ingest")
def ingest(
    source: Annotated[str, typer.Option("--source", help="Name of a source, for example files.")],
    kind: Annotated[
        str, typer.Option("--kind", help="minute, day, trades, option_minute, splits, ...")
    ],
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
    first, last = _span(date or start, date or end)
    request = Request(kind=kind, symbols=wanted, start=first, end=last, folder=path)
    with (
        spelling(wanted),
        state_lock(loaded.state, "an ingestion"),
        ingesting(quiet=as_json) as progress,
    ):
        report = asyncio.run(ingest_from(loaded, source, request, force, progress, symbols is None))
    print_ingest(report, as_json)
    if report.failed:
        raise typer.Exit(1)


def _span(
    start: dt.datetime | None, end: dt.datetime | None
) -> tuple[dt.date | None, dt.date | None]:
    """The days asked for; UsageError where they are the wrong way round."""
    first, last = date_of(start), date_of(end)
    if first and last and first > last:
        raise UsageError(f"--start {first} lies after --end {last}; expected an earlier day")
    return first, last


@lake_app.command("bars")
def bars(
    kind: Annotated[str, typer.Option("--kind", help="minute or day.")] = "minute",
    symbols: Symbols = None,
    start: Day = None,
    end: Day = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Make bars of the trades in the lake; what a vendor gave holds, what is made is skipped.

    Example: nightshift lake bars --kind minute --symbols SPY --start 2024-01-02 --end 2024-01-31
    """
    from daemon.cli.lake_view import ingesting, print_ingest
    from daemon.plugin.roles import Request
    from daemon.supervisor.ingestion import make_bars
    from daemon.supervisor.lock import state_lock

    loaded, wanted = load(config, state), names(symbols)
    request = Request(kind, wanted, *_span(start, end))
    with (
        spelling(wanted),
        state_lock(loaded.state, "an ingestion"),
        ingesting(quiet=as_json) as progress,
    ):
        report = asyncio.run(make_bars(loaded, request, progress))
    print_ingest(report, as_json)
    if report.failed:
        raise typer.Exit(1)


@lake_app.command("inventory")
def inventory(
    parts: Annotated[
        bool, typer.Option("--parts", help="List every part, with who gave its rows.")
    ] = False,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """List what the lake holds, and the room it takes.

    Example: nightshift lake inventory --json
    """
    from daemon.cli.inventory_view import print_inventory
    from daemon.supervisor.places import open_lake

    print_inventory(open_lake(load(config, state)), parts, as_json)


@lake_app.command("gaps")
def gaps(
    symbols: Symbols = None,
    severity: Annotated[
        str, typer.Option("--severity", help="Show findings from here on: info, warn or bad.")
    ] = "warn",
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Scan the bars for holes and errors, by the exchange calendar; only what changed is read.

    Example: nightshift lake gaps --symbols SPY --severity info
    """
    from daemon.cli.gaps_view import expect_bars, print_gaps, severity_named
    from daemon.domain.market.kinds import BAR_KINDS
    from daemon.supervisor.places import open_lake
    from daemon.supervisor.quality import scan_of

    loaded = load(config, state)
    least, wanted = severity_named(severity), names(symbols)
    scan = scan_of(loaded, wanted)
    expect_bars(scan, wanted, open_lake(loaded).symbols())
    lake, read = open_lake(loaded), {one.symbol for one in scan.qualities} - set(scan.broken)
    held = [
        gap
        for kind in (BAR_KINDS if as_json else ())
        for gap in lake.gaps(kind, sorted(read & {*lake.symbols(kind)}))
    ]
    print_gaps(scan, held, least, as_json)


@lake_app.command("verify")
def verify(config: Config = None, state: State = None, as_json: AsJson = False) -> None:
    """Check every part against its manifest: checksum, rows, times. Broken ones are set aside.

    Example: nightshift lake verify
    """
    from daemon.cli.lake_view import print_problems
    from daemon.supervisor.places import open_lake

    lake = open_lake(load(config, state))
    problems = lake.verify()
    print_problems(problems, as_json)
    if problems:
        lake.set_aside(problems)
        raise typer.Exit(1)


@lake_app.command("repair")
def repair(
    symbols: Symbols = None,
    path: Annotated[
        Path | None, typer.Option("--path", help="Folder, for sources that read files.")
    ] = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Set broken parts aside, ask the sources again for what is bad or missing, fill if configured.

    Example: nightshift lake repair --symbols SPY --path ./flatfiles
    """
    from daemon.cli.lake_view import ingesting
    from daemon.cli.repair_view import print_repair
    from daemon.supervisor.lock import state_lock
    from daemon.supervisor.repair import RepairRequest, repair_from

    loaded = load(config, state)
    request = RepairRequest(names(symbols), path)
    with state_lock(loaded.state, "a repair"), ingesting(quiet=as_json) as progress:
        repaired = asyncio.run(repair_from(loaded, request, progress))
    print_repair(repaired, as_json)


@lake_app.command("now")
def now(
    symbols: Annotated[
        str, typer.Argument(help="Tickers with commas whose last quotes are shown.")
    ] = "",
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Ask the first source that can tell: is the market open, what are its holidays, last quotes.

    Example: nightshift lake now SPY,QQQ
    """
    from daemon.cli.now_view import print_now
    from daemon.supervisor.present import market_now

    wanted = names(symbols) if symbols else ()
    with spelling(wanted):
        found = market_now(load(config, state), wanted)
    print_now(found, as_json)
    if found.failed:
        raise typer.Exit(1)


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
    from daemon.supervisor.places import open_lake

    answer = open_lake(load(config, state)).sql(query)
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        print_table("", answer.columns, answer.rows)
