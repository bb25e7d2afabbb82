"""`status`: what the daemon does and did."""

from __future__ import annotations

import time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from daemon.cli.options import AsJson, Config, State, load


def status(
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it again every two seconds.")
    ] = False,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Show the shifts, the jobs, the pool and the trials.

    Example: nightshift status --json
    """
    from daemon.cli.output import out, print_json
    from daemon.cli.status_view import print_status
    from daemon.supervisor.health import read_status

    loaded = load(config, state)
    while True:
        document = read_status(loaded)
        if as_json:
            print_json(document)
        else:
            if watch:
                out.clear()
            print_status(document, ZoneInfo(loaded.settings.daemon.timezone))
        if not watch:
            break
        time.sleep(2)
    if not document["healthy"]:
        raise typer.Exit(1)
