"""The tree of verbs. Verbs import what they need when they run, so that help is instant."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

from daemon.cli import (
    backtest,
    benchmark,
    briefing,
    configure,
    doctor,
    genomes,
    graduations,
    lake,
    night,
    status,
    sweep,
    tribunal,
)

app = typer.Typer(
    name="nightshift",
    help="Breeds, checks and backtests strategies while you sleep.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"nightshift {metadata.version('nightshift')}")
        raise typer.Exit


@app.callback()
def nightshift(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """What stands before the verb; each verb does its own work."""


app.command("init")(configure.init)
app.add_typer(configure.config_app, name="config")
app.command("doctor")(doctor.doctor)
app.command("plugins")(doctor.plugins)
app.command("verify")(doctor.verify)
app.command("run")(night.run)
app.command("night")(night.night)
app.command("status")(status.status)
app.command("briefing")(briefing.briefing)
app.add_typer(genomes.genomes_app, name="genomes")
app.add_typer(graduations.graduations_app, name="graduations")
app.command("backtest")(backtest.backtest)
app.command("sweep")(sweep.sweep)
app.add_typer(lake.lake_app, name="lake")
app.command("tribunal")(tribunal.tribunal)
app.add_typer(benchmark.benchmark_app, name="benchmark")
