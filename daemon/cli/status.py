"""`status`: what the daemon does and did."""

from __future__ import annotations

import time
from typing import Annotated

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
    from daemon.cli.output import out, print_json, print_table
    from daemon.supervisor.health import read_status

    loaded = load(config, state)
    while True:
        document = read_status(loaded)
        if as_json:
            print_json(document)
        else:
            if watch:
                out.clear()
            out.print(
                f"{'healthy' if document['healthy'] else 'NOT HEALTHY'}: {document['reason']}",
                markup=False,
                soft_wrap=True,
            )
            rows = [
                (s["name"], s["last_run"], s["next_run"], s["faults"], s["summary"])
                for s in document["shifts"]
            ]
            print_table("", ("shift", "last run", "next run", "faults", "did"), rows)
            jobs = [
                (kind, ", ".join(f"{count} {state}" for state, count in counts.items()))
                for kind, counts in document["jobs"].items()
            ]
            print_table("", ("jobs", "how many"), jobs)
            out.print(f"trials: {document['trials']:,}")
        if not watch:
            break
        time.sleep(2)
    if not document["healthy"]:
        raise typer.Exit(1)
