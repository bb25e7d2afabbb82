"""`night` and `run`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, load


def night(
    evaluations: Annotated[
        int | None, typer.Option(min=1, help="Trials after which the night ends.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Minutes after which it ends too.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the night.")] = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Run one whole night on what is configured, then print the briefing.

    Example: nightshift night --evaluations 500 --seed 7
    """
    from daemon.cli.night_view import print_night, watching
    from daemon.log import start_logging
    from daemon.supervisor.campaign import one_night
    from daemon.supervisor.lock import state_lock

    loaded = load(config, state)
    table = loaded.settings.night
    asked = table.model_copy(
        update={
            "evaluations": table.evaluations if evaluations is None else evaluations,
            "minutes": table.minutes if minutes is None else minutes,
            "seed": table.seed if seed is None else seed,
        }
    )
    with state_lock(loaded.state, "a night"), watching(asked.evaluations, quiet=as_json) as watch:
        start_logging("WARNING", loaded.state / "logs")
        result = asyncio.run(one_night(loaded, asked, watch))
    print_night(result, as_json)


def run(
    once: Annotated[bool, typer.Option("--once", help="Run each shift once and exit.")] = False,
    recruit_interval: Annotated[
        float | None, typer.Option(min=1, help="Seconds between recruitments.")
    ] = None,
    harvest_interval: Annotated[
        float | None, typer.Option(min=1, help="Seconds between harvests.")
    ] = None,
    execute_interval: Annotated[
        float | None, typer.Option(min=1, help="Seconds between executions.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    fitness_threshold: Annotated[
        float | None, typer.Option(help="Selection fitness that promotes a genome.")
    ] = None,
    config: Config = None,
    state: State = None,
) -> None:
    """Run the daemon: every shift at its interval, until it is told to stop.

    Example: nightshift run --recruit-interval 3600 --workers 2
    """
    from daemon.log import start_logging
    from daemon.supervisor.lock import state_lock
    from daemon.supervisor.supervisor import serve

    overrides = {
        "recruiter.interval_s": recruit_interval,
        "harvester.interval_s": harvest_interval,
        "executor.interval_s": execute_interval,
        "executor.workers": workers,
        "executor.threshold": fitness_threshold,
        "sandbox.slots": workers,
    }
    loaded = load(config, state).with_overrides(
        {key: value for key, value in overrides.items() if value is not None}
    )
    with state_lock(loaded.state, "one round of the shifts" if once else ""):
        start_logging(loaded.settings.daemon.log_level, loaded.state / "logs")
        well = asyncio.run(serve(loaded, once=once))
    if not well:
        raise typer.Exit(1)
